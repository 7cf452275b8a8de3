import AgentClient
import AgentProtocol
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// The client that many tasks share, and a daemon that stops: what that refuses was not done.
    @Suite struct StoppingDaemonTests {
        private let asked = Asked()

        /// Refuses what is asked on its first connections, which it leaves open, and answers on later ones.
        private func daemon(refusing count: Int = 1) throws -> FakeDaemon {
            let asked = asked
            return try FakeDaemon(numbered: { line, connection in
                asked.note(connection)
                let id = line.split(separator: "\"id\":")[1].prefix { $0.isNumber }
                let outcome =
                    connection <= count
                    ? #""error":{"code":-32008,"message":"Shutting down"}"#
                    : #""result":{"active":false,"reason":"expired"}"#
                return .answer(#"{"jsonrpc":"2.0","id":\#(id),\#(outcome)}"#)
            })
        }

        @Test func `what a daemon that stops has refused is asked again on another connection`() async throws
        {
            let daemon = try daemon(refusing: 3)
            let client = SharedClient(socketPath: daemon.path)
            #expect(try await client.verify(token: "x") == .inactive(.expired))
            #expect(asked.connections == [1, 2, 3, 4])
            #expect(try await client.verify(token: "x") == .inactive(.expired))
            #expect(asked.connections == [1, 2, 3, 4, 4])
        }

        @Test func `many tokens that it has refused are asked about again`() async throws {
            let daemon = try daemon()
            let tokens = (0..<100).map { "\($0)" }
            let answers = try await SharedClient(socketPath: daemon.path).verify(tokens: tokens)
            #expect(answers == Array(repeating: .inactive(.expired), count: 100))
        }

        /// The next daemon may end the connection, too: then it would not be known whether it was done.
        @Test
        func `what is not safe to repeat fails with the refusal, and the next call finds another daemon`()
            async throws
        {
            let daemon = try daemon()
            let client = SharedClient(socketPath: daemon.path)
            do {
                _ = try await client.call(TokenRevoke(id: "NFWIevo8"))
                Issue.record("it was refused")
            } catch .refused(let error) {
                #expect(error.known == .shuttingDown)
            }
            #expect(asked.connections == [1])
            #expect(try await client.verify(token: "x") == .inactive(.expired))
            #expect(asked.connections == [1, 2])
        }

        @Test func `a daemon that never gets done with stopping is told of at the deadline`() async throws {
            let daemon = try daemon(refusing: .max)
            let client = SharedClient(socketPath: daemon.path)
            do {
                _ = try await client.verify(token: "x", deadline: .milliseconds(300))
                Issue.record("it was refused")
            } catch .refused(let error) {
                #expect(error.known == .shuttingDown)
            }
            #expect(asked.connections.count > 1)
        }

        @Test func `questions go on while the daemon is restarted`() async throws {
            let daemon = try DaemonProcess()
            let client = SharedClient(socketPath: daemon.socket, deadline: .patient, patience: .patient)
            let isOver = Flag()
            let count = Asked()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        while !isOver.isSet {
                            _ = try await client.call(AgentWhoami())
                            count.note(caller)
                        }
                    }
                }
                for _ in 0..<5 {
                    let before = count.connections.count
                    try eventually("they go on") { count.connections.count > before + 100 }
                    try daemon.restart()
                }
                isOver.set()
                try await group.waitForAll()
            }
        }
    }
}

/// On which connection each request came.
private final class Asked: Sendable {
    private let list = Mutex<[Int]>([])
    var connections: [Int] { list.withLock { $0 } }

    func note(_ connection: Int) { list.withLock { $0.append(connection) } }
}

private final class Flag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
