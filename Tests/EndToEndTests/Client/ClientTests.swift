import AgentClient
import AgentProtocol
import Testing

extension EndToEnd {
    /// The client library against the real daemon.
    @Suite struct ClientTests {
        private let daemon: DaemonProcess
        private let made: MadeToken

        init() throws {
            daemon = try DaemonProcess()
            made = try daemon.create(.service("client"), ["audience": "ci", "flags": ["pull"]])
        }

        @Test func `calls of many tasks share one connection, and each gets its own answer`() async throws {
            let connection = try await AgentConnection.connect(path: daemon.socket)
            let token = made.token
            try await withThrowingTaskGroup(of: (Int, TokenVerify.Answer).self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let audience = number % 2 == 0 ? "ci" : "cd"
                        return (number, try await connection.verify(token: token, audience: audience))
                    }
                }
                for try await (number, answer) in group {
                    if case .active(let active) = answer {
                        #expect(number % 2 == 0)
                        #expect(active.owner.id == "client")
                    } else {
                        #expect(answer == .inactive(.wrongAudience))
                        #expect(number % 2 == 1)
                    }
                }
            }
            try daemon.expectConnections(1)
            await connection.close()
        }

        @Test func `what a token is asked for is passed on`() async throws {
            let connection = try await AgentConnection.connect(path: daemon.socket)
            let flags = try await connection.verify(token: made.token, flags: ["push"])
            #expect(flags == .inactive(.missingFlag))
            let write = try await connection.verify(token: made.token, write: true)
            #expect(write != .inactive(.readOnly))
            let nonsense = try await connection.verify(token: "nonsense")
            #expect(nonsense == .inactive(.malformed))
        }

        @Test func `a refusal is the daemon's own error, with its words`() async throws {
            let connection = try await AgentConnection.connect(path: daemon.socket)
            do {
                _ = try await connection.call(TokenShow(id: "00000000"))
                Issue.record("there is no such token")
            } catch .refused(let error) {
                #expect(error.known == .notFound)
            }
            do {
                _ = try await connection.call(AgentWhoami(), as: .token(Secret("nonsense")))
                Issue.record("these are no credentials")
            } catch .refused(let error) {
                #expect(error.reason == RPCError.badCredentialsReason)
            }
            let whoami = try await connection.call(AgentWhoami(), as: .token(Secret(made.token)))
            #expect(whoami.login == "client", "the connection goes on")
        }

        @Test func `a daemon that goes away ends the connection, and another can be made`() async throws {
            let connection = try await AgentConnection.connect(path: daemon.socket)
            _ = try await connection.call(AgentStatus())
            try daemon.kill()
            await #expect(throws: AgentClientError.closed) { try await connection.call(AgentStatus()) }
            await #expect(throws: AgentClientError.self) {
                try await AgentConnection.connect(path: daemon.socket)
            }
            try daemon.start()
            let next = try await AgentConnection.connect(path: daemon.socket)
            guard case .active = try await next.verify(token: made.token) else {
                Issue.record("the token was lost")
                return
            }
        }
    }
}
