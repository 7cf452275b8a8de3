import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Known secrets go through everything there is, and are then looked for wherever none may be.
    @Suite struct CanaryTests {
        private static let password = "Kanarienvogel-4711-Zwitscher"
        private static let wrongPassword = "Nachtigall-0815-Trapsen-Laut"

        private let slapd: Slapd
        private let daemon: DaemonProcess
        private var http: String { daemon.folder.file("h") }

        init() throws {
            let alice = Slapd.person("alice", more: ["userPassword: \(Self.password)"])
            slapd = try Slapd(alice + Slapd.crowd(10))
            var settings = DaemonSettings(directories: [slapd.directory()])
            settings.log = "level: trace"
            daemon = try DaemonProcess(unstarted: settings)
            daemon.settings.more = "http: {listen: \"unix:\(http)\"}"
            try daemon.start()
            try daemon.awaitReadings()
            try eventually("somebody listens for HTTP") {
                do { _ = try RawSocket(path: http) } catch is FixtureFailure { return false }
                return true
            }
        }

        /// Everything that somebody was answered and that must not hold a secret.
        private final class Answers {
            var all: [String] = []
        }

        @Test func `no secret is where none may be`() throws {
            var canaries = Canaries()
            canaries.add(password: Self.password, as: "a password")
            canaries.add(password: Self.wrongPassword, as: "a wrong password")
            canaries.add(password: Slapd.readerPassword, as: "the reader's password", parts: false)
            let answers = Answers()
            let tokens = try make(&canaries)
            try use(tokens, answers)
            try misuse(tokens, answers)
            try ask(tokens, answers)
            try askOverHTTP(tokens, answers)
            try runCommands(tokens, answers, canaries)
            slapd.stop()
            answers.all.append("\(try daemon.refusal("token.list", asPassword(Self.password)))")

            #expect(answers.all.flatMap { canaries.found(in: $0) } == [])
            #expect(try canaries.found(in: daemon.log) == [])
            #expect(try canaries.found(inFilesOf: daemon.folder.path) == [])
            let pid = try #require(daemon.child?.pid)
            #expect(try canaries.found(inProcess: pid) == [])
            #expect(canaries.forms.count > 60 && answers.all.count > 40)

            let limits = try String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
            #expect(limits.contains(#/Max core file size +0 +0 /#))
            try daemon.terminate()
            #expect(try canaries.found(inFilesOf: daemon.folder.path) == [], "after the last write")
        }

        @Test func `what is aborted leaves no core`() throws {
            let child = try #require(daemon.child)
            child.signal(SIGABRT)
            #expect(try child.wait() == -SIGABRT)
            #expect(child.dumpedCore == false)
        }

        @Test func `a leak that was planted is found, in whatever form and place`() throws {
            let made = try daemon.create("alice", ["name": "planted"])
            var canaries = Canaries()
            canaries.add(made, as: "it")
            let forms = canaries.forms
            #expect(Set(forms.map(\.bytes)).count == forms.count)
            for form in forms {
                try daemon.folder.write("x" + String(decoding: form.bytes, as: UTF8.self) + "y", to: "leak")
                #expect(try canaries.found(inFilesOf: daemon.folder.path).contains("leak: \(form.name)"))
            }
            unlink(daemon.folder.file("leak"))
            #expect(try canaries.found(inFilesOf: daemon.folder.path) == [])
            // A caller who takes the secret for a name puts it into the database, the audit trail and a list.
            try daemon.call("token.update", ["id": .string(made.id), "name": .string(made.passCode)])
            let list = try daemon.call("token.list", ["owner": "alice"]).line
            #expect(!canaries.found(in: list).isEmpty)
            #expect(!(try canaries.found(in: daemon.call("audit.list").line)).isEmpty)
            #expect(try canaries.found(inFilesOf: daemon.folder.path).contains { $0.contains("db.sqlite") })
        }

        // MARK: What is done with them

        private func asPassword(_ password: String) -> JSONValue {
            ["as": ["login": "alice", "password": .string(password)]]
        }

        /// Tokens of every kind, all secrets that were ever theirs among the canaries.
        private func make(_ canaries: inout Canaries) throws -> [MadeToken] {
            var tokens = [
                try daemon.create("alice"),
                try daemon.create("alice", ["name": "sealed", "retrievable": true, "idempotency_key": "k"]),
                try daemon.create(.service("ci"), ["retrievable": true]),
            ]
            for (number, token) in tokens.enumerated() { canaries.add(token, as: "token \(number)") }
            for (number, grace) in [(0, 60), (1, 0)] as [(Int, Int64)] {
                let rotated = try MadeToken(
                    daemon.call(
                        "token.rotate", ["id": .string(tokens[number].id), "grace_s": .integer(grace)]))
                canaries.add(rotated, as: "token \(number), rotated")
                tokens.append(rotated)
            }
            let revealed = try daemon.call("token.reveal", ["id": .string(tokens[4].id)])
            #expect(revealed["token"].text == tokens[4].token)
            return tokens
        }

        private func use(_ tokens: [MadeToken], _ answers: Answers) throws {
            for token in tokens {
                let (user, pass) = (JSONValue.string(token.id), JSONValue.string(token.passCode))
                for params: JSONValue in [
                    ["token": .string(token.token)], ["user_code": user, "pass_code": pass],
                    ["token": .string(token.token), "audience": "other"],
                ] {
                    answers.all.append(try daemon.call("token.verify", params).line)
                }
                let credentials: JSONValue = ["as": ["token": .string(token.token)]]
                for method in ["agent.whoami", "token.list"] {
                    answers.all.append(try answer(method, credentials))
                }
            }
            for password in [Self.password, Self.wrongPassword] {
                answers.all.append(try answer("agent.whoami", asPassword(password)))
                answers.all.append(try answer("token.list", asPassword(password)))
            }
        }

        private func misuse(_ tokens: [MadeToken], _ answers: Answers) throws {
            for token in tokens {
                let secret = token.token
                let changed = String(secret.dropLast()) + (secret.hasSuffix("0") ? "1" : "0")
                answers.all.append(try daemon.call("token.verify", ["token": .string(changed)]).line)
                answers.all.append(try answer("token.show", ["id": .string(token.passCode)]))
                answers.all.append(try answer("token.create", ["owner": .string(token.passCode)]))
                answers.all.append(try answer("audit.verify", ["head": .string(secret)]))
                answers.all.append(try answer("audit.list", ["event": .string(secret)]))
                answers.all.append(try answer("token.list", ["cursor": .string(secret)]))
                let socket = try daemon.connect()
                for line in [
                    #"{"jsonrpc":"2.0","id":1,"method":"token.verify","params":{"token":"\#(secret)""#,
                    #"{"jsonrpc":"2.0","id":1,"method":"\#(secret)"}"#,
                    #"{"jsonrpc":"2.0","id":1,"method":"token.verify","params":{"token":["\#(secret)"]}}"#,
                    #"{"jsonrpc":"\#(secret)","id":1,"method":"agent.status"}"#,
                    #"{"id":1,"password":"\#(Self.password)"}"#, secret, "GET /\(secret) HTTP/1.1",
                    #"[{"method":"\#(secret)"},"\#(secret)"]"#,
                ] {
                    try socket.send(line: line)
                    answers.all.append(try socket.line())
                }
                _ = try daemon.connect().send("\(secret) without an end")
            }
        }

        /// All that tells of tokens and people.
        private func ask(_ tokens: [MadeToken], _ answers: Answers) throws {
            let id = JSONValue.string(tokens[0].id)
            for (method, params) in [
                ("token.show", ["id": id]), ("token.explain", ["id": id]), ("token.list", [:]),
                ("user.show", ["user": "alice"]), ("user.list", [:]), ("agent.status", [:]),
                ("audit.list", [:]), ("audit.verify", [:]), ("key.status", [:]), ("key.rotate", [:]),
                ("directory.sync", [:]), ("directory.status", [:]), ("directory.test", [:]),
                ("token.revoke", ["id": .string(tokens[2].id)]), ("token.purge", [:]), ("rpc.discover", [:]),
            ] as [(String, JSONValue)] {
                answers.all.append(try answer(method, params))
            }
        }

        private func askOverHTTP(_ tokens: [MadeToken], _ answers: Answers) throws {
            for token in tokens {
                let basic = Data("\(token.id):\(token.passCode)".utf8).base64EncodedString()
                let login = Data("alice:\(Self.password)".utf8).base64EncodedString()
                for credentials in ["Bearer \(token.token)", "Basic \(basic)", "Basic \(login)", "Bearer x"] {
                    for path in ["/auth", "/healthz", "/nothing/\(token.token)"] {
                        let socket = try RawSocket(path: http)
                        try socket.send(
                            """
                            GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: \(credentials)\r\n\
                            Connection: close\r\n\r\n
                            """)
                        var lines: [String] = []
                        while let line = try socket.lineOrEnd() { lines.append(line) }
                        answers.all.append(lines.joined(separator: "\n"))
                    }
                }
            }
        }

        private func runCommands(
            _ tokens: [MadeToken], _ answers: Answers, _ canaries: Canaries
        ) throws {
            for arguments in [
                ["status"], ["list"], ["explain", tokens[0].id], ["users"], ["audit", "list"],
                ["audit", "verify"], ["key", "status"], ["verify"], ["list", "--as-token-file", "-"],
                ["verify", tokens[0].token], ["show", tokens[0].token],
            ] {
                let run = try CommandRun(
                    arguments, input: tokens[0].token + "\n",
                    environment: ["TOKENAGENT_SOCKET": daemon.socket])
                // The parser of arguments shows which one it could not take: to the one who typed it.
                let isTypo = arguments.last == tokens[0].token && run.status == 64
                answers.all.append(isTypo ? "" : run.output + run.errors)
            }
            let backup = try CommandRun(
                ["backup", daemon.folder.file("backup")],
                environment: ["TOKENAGENT_CONFIG": daemon.configuration])
            #expect(backup.status == 0, "\(backup.errors)")
            answers.all.append(backup.output + backup.errors)
            try watchCommand(tokens[0], canaries)
        }

        /// While it has read the secret, and waits for the answer.
        private func watchCommand(_ token: MadeToken, _ canaries: Canaries) throws {
            let folder = try TemporaryFolder()
            let pipe = folder.file("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            // Open for both, so that neither end waits for the other.
            let end = open(pipe, O_RDWR)
            defer { close(end) }
            let child = try ChildProcess(
                .init(
                    command: [DaemonProcess.executable, "verify"],
                    environment: ["TOKENAGENT_SOCKET": daemon.socket], output: folder.file("out"),
                    errors: folder.file("err"), input: pipe))
            let half = Array(token.token.utf8)
            #expect(write(end, half, half.count) == half.count)
            #expect(try canaries.found(inProcess: child.pid) == [])
            #expect(write(end, "\n", 1) == 1)
            #expect(try child.wait() == 0)
            #expect(try canaries.found(inFilesOf: folder.path) == [])
        }

        /// Whatever is answered.
        private func answer(_ method: String, _ params: JSONValue) throws -> String {
            do { return try daemon.call(method, params).line } catch let error
                as RPCError
            {
                return "\(error) \(error.data?.detail ?? "") \(error.data?.member ?? "")"
            }
        }
    }
}
