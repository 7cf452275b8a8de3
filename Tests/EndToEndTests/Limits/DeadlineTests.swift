import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// A directory that does not answer costs each request five seconds, and nobody else anything.
    @Suite struct DeadlineTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            slapd = try Slapd(Slapd.crowd(10))
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        /// The refusal, and how long it took.
        private func refusal(_ method: String, _ params: JSONValue) throws -> (RPCError, Duration) {
            let begun = ContinuousClock.now
            return (try daemon.refusal(method, params), begun.duration(to: .now))
        }

        @Test func `who asks for somebody unknown hears in time that the directory does not answer`() throws {
            slapd.pause()
            defer { slapd.resume() }
            let (error, took) = try refusal("token.create", ["owner": "nobody-knows"])
            #expect(error.known == .directoryUnavailable)
            #expect(error.data?.detail?.contains("corp") == true)
            #expect(took > .seconds(4) && took < .seconds(7), "\(took)")
        }

        @Test func `who shows a password hears it, too`() throws {
            slapd.pause()
            defer { slapd.resume() }
            let (error, took) = try refusal("token.list", ["as": ["login": "p1", "password": "x"]])
            #expect(error.known == .directoryUnavailable)
            #expect(took < .seconds(7), "\(took)")
        }

        @Test func `many who ask take few threads, hear it in time, and find it well when it is back`() throws
        {
            let token = try daemon.create("p1")
            slapd.pause()
            let sockets = try (0..<4).map { _ in try daemon.connect() }
            // Not `user.show`: of those a connection is answered one after the other.
            let line = try DaemonProcess.request("token.create", ["owner": "nobody-knows"])
            let begun = ContinuousClock.now
            for socket in sockets { try socket.send(String(repeating: line + "\n", count: 50)) }
            for _ in 1...100 { #expect(try daemon.verdict(token) == "active") }
            #expect(begun.duration(to: .now) < .seconds(4), "verifying does not wait")
            #expect(try daemon.facts.threads < 60)
            for socket in sockets {
                for _ in 1...50 {
                    #expect(try socket.value().refusal?.known == .directoryUnavailable)
                }
            }
            slapd.resume()
            try eventually("the directory answers again", within: .seconds(60)) {
                try refusal("token.create", ["owner": "nobody-knows"]).0.known == .notFound
            }
        }
    }
}
