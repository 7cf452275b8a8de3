import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Commands whose output nobody reads any more.
    @Suite struct BrokenPipeTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        /// `tokenagent … | false`, where that has ended already.
        private func run(
            _ arguments: String..., unheard: Int32 = STDOUT_FILENO
        ) throws -> (
            status: Int32, output: String, errors: String
        ) {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw FixtureFailure("pipe: \(errno)") }
            close(ends[0])
            defer { close(ends[1]) }
            _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
            let folder = try TemporaryFolder()
            let child = try ChildProcess(
                .init(
                    command: [DaemonProcess.executable] + arguments,
                    environment: ["TOKENAGENT_SOCKET": daemon.socket], descriptors: [unheard: ends[1]],
                    output: folder.write("", to: "out"), errors: folder.write("", to: "err")))
            return (try child.wait(), try folder.text(of: "out"), try folder.text(of: "err"))
        }

        @Test(arguments: [["--quiet"], ["--json"]])
        func `a secret that nobody has taken is told to be lost, and how to get another`(
            options: [String]
        ) throws {
            let made =
                options == ["--json"]
                ? try run("create", "--service", "s", "--json")
                : try run("create", "--service", "s", "--quiet")
            let id = try #require(try daemon.call("token.list")["tokens"][0]["id"].text)
            #expect(made.status == 74)
            #expect(made.errors.contains("tokenagent rotate \(id)"), "\(made.errors)")
            let rotated = try run("rotate", id, "--quiet")
            #expect(rotated.status == 74)
            #expect(rotated.errors.contains("tokenagent rotate \(id)"), "\(rotated.errors)")
        }

        @Test func `the key of an entity is, too`() throws {
            let made = try run("apikey", "create", "--entity", "acme", "--quiet")
            let id = try #require(try daemon.call("token.list")["tokens"][0]["id"].text)
            #expect(made.status == 74)
            #expect(made.errors.contains("tokenagent rotate \(id)"), "\(made.errors)")
            let full = try CommandRun(
                ["apikey", "create", "--entity", "other", "--json"],
                environment: ["TOKENAGENT_SOCKET": daemon.socket], output: "/dev/full")
            #expect(full.status == 74)
            #expect(full.errors.contains("tokenagent rotate "), "\(full.errors)")
        }

        @Test func `what can be asked for again ends as other programs do`() throws {
            let list = try run("list")
            #expect(list.status == -SIGPIPE)
            #expect(list.errors == "")
        }

        @Test func `remarks that nobody hears are no reason to keep the secret`() throws {
            let made = try run("create", "--service", "s", unheard: STDERR_FILENO)
            #expect(made.status == 0)
            #expect(try daemon.verdict(String(made.output.dropLast())) == "active")
        }
    }
}
