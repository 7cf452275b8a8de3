import AgentClient
import AgentProtocol
import Foundation
import Glibc
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// The client that many tasks share, and that connects anew.
    @Suite struct SharedClientTests {
        @Test func `a hundred verifies at once make one connection`() async throws {
            let daemon = try DaemonProcess()
            let token = try daemon.create(.service("client")).token
            let client = SharedClient(socketPath: daemon.socket)
            try await withThrowingTaskGroup(of: TokenVerify.Answer.self) { group in
                for _ in 0..<100 { group.addTask { try await client.verify(token: token) } }
                for try await answer in group { #expect(answer.isActive) }
            }
            try daemon.expectConnections(1)
            await client.close()
            await #expect(throws: AgentClientError.closed) { try await client.verify(token: token) }
        }

        @Test func `tasks on the client's executor run on one thread, and get their own answers`()
            async throws
        {
            let daemon = try DaemonProcess()
            let tokens = try (0..<4).map { try daemon.create(.service("client\($0)")).token }
            let client = SharedClient(socketPath: daemon.socket)
            let threads = try await withThrowingTaskGroup(of: Set<UInt>.self) { group in
                for number in 0..<64 {
                    group.addTask(executorPreference: client.executor) {
                        var threads: Set<UInt> = []
                        for _ in 0..<100 {
                            let answer = try await client.verify(token: tokens[number % 4])
                            #expect(answer.owner == "client\(number % 4)")
                            threads.insert(UInt(pthread_self()))
                        }
                        return threads
                    }
                }
                return try await group.reduce(into: Set<UInt>()) { $0.formUnion($1) }
            }
            #expect(threads.count == 1)
        }

        @Test func `many tokens are asked about in one call, and answered in their order`() async throws {
            let daemon = try DaemonProcess()
            let good = try (0..<3).map { try daemon.create(.service("client\($0)")).token }
            let client = SharedClient(socketPath: daemon.socket)
            #expect(try await client.verify(tokens: []).isEmpty)
            for count in [1, 63, 64, 65, 1000] {
                let tokens = (0..<count).map { $0 % 4 == 3 ? "nonsense" : good[$0 % 4] }
                let answers = try await client.verify(tokens: tokens)
                #expect(answers.count == count)
                for (number, answer) in answers.enumerated() {
                    #expect(answer.owner == (number % 4 == 3 ? nil : "client\(number % 4)"))
                }
            }
            let elsewhere = try await client.verify(tokens: good, audience: "elsewhere")
            #expect(elsewhere == Array(repeating: .inactive(.wrongAudience), count: 3))
            try daemon.expectConnections(1)
        }

        @Test func `an error in place of an answer ends the call about many tokens`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            let client = SharedClient(socketPath: silent.path)
            let tokens = (0..<100).map { "\($0)" }
            await #expect(throws: AgentClientError.timedOut) {
                try await client.verify(tokens: tokens, deadline: .milliseconds(100))
            }
            let call = Task { try await client.verify(tokens: tokens) }
            try await Task.sleep(for: .milliseconds(20))
            call.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
        }

        @Test func `a connection whose peer does not read is given up, with what waits to be sent`()
            async throws
        {
            let stuck = try FakeDaemon { _ in
                Thread.sleep(forTimeInterval: 600)
                return .hangUp
            }
            let connection = try await AgentConnection.connect(path: stuck.path)
            let long = String(repeating: "x", count: 60_000)
            var failures: [AgentClientError] = []
            // Two megabytes are more than the kernel takes for somebody who does not read.
            for _ in 0..<35 where failures.last != .closed {
                do throws(AgentClientError) {
                    _ = try await connection.call(
                        TokenVerify(token: Secret(long)), timeout: .milliseconds(20))
                } catch {
                    failures.append(error)
                }
            }
            #expect(failures.first == .timedOut)
            #expect(failures.last == .closed)
        }

        @Test func `a token that is longer than a line ends the call about many`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            let client = SharedClient(socketPath: silent.path)
            let tokens = [String(repeating: "x", count: 70000)] + (0..<100).map { "\($0)" }
            await #expect(throws: AgentClientError.unsendable("it is longer than 65536 bytes")) {
                try await client.verify(tokens: tokens)
            }
        }

        @Test func `many tokens are asked about again when the connection breaks`() async throws {
            let tokens = (0..<100).map { "\($0)" }
            let heard = Heard()
            let daemon = try Self.rudeDaemon(heard)
            let answers = try await SharedClient(socketPath: daemon.path).verify(tokens: tokens)
            #expect(answers == Array(repeating: .inactive(.expired), count: 100))
        }

        /// For a daemon that starts, on a machine that has other things to do.
        private static let long = Duration.patient

        @Test func `a daemon that is absent at first is waited for, and not for longer than allowed`()
            async throws
        {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            for patience in [.zero, Duration.milliseconds(100)] {
                let impatient = SharedClient(socketPath: daemon.socket, patience: patience)
                do {
                    _ = try await impatient.call(AgentStatus())
                    Issue.record("nobody is there")
                } catch .noDaemon(let path, _) {
                    #expect(path == daemon.socket)
                }
            }
            let client = SharedClient(socketPath: daemon.socket, deadline: Self.long, patience: Self.long)
            let waiting = Task { try await client.call(AgentStatus()) }
            try daemon.start()
            _ = try await waiting.value
        }

        @Test(arguments: [false, true])
        func `verifies go on while the daemon is killed and started again`(onExecutor: Bool) async throws {
            let daemon = try DaemonProcess()
            let token = try daemon.create(.service("client")).token
            let client = SharedClient(socketPath: daemon.socket, deadline: Self.long, patience: Self.long)
            let stop = Stop()
            let counts = Counts(16)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<16 {
                    group.addTask(executorPreference: onExecutor ? client.executor : nil) {
                        while !stop.isAsked.load(ordering: .relaxed) {
                            let answer = try await client.verify(token: token)
                            #expect(answer.isActive)
                            counts.add(caller)
                        }
                    }
                }
                for _ in 0..<3 {
                    try counts.awaitMore()
                    try daemon.kill()
                    try daemon.start()
                }
                try counts.awaitMore()
                try daemon.restart()
                try counts.awaitMore()
                stop.isAsked.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
        }

        /// The first connection hears a request and hangs up; on later ones requests are answered.
        private static func rudeDaemon(_ heard: Heard) throws -> FakeDaemon {
            try FakeDaemon { line in
                let isFirst = heard.lines.withLock { lines in
                    lines.append(line)
                    return lines.count == 1
                }
                if isFirst { return .hangUp }
                let id = line.split(separator: "\"id\":")[1].prefix { $0.isNumber }
                return .answer(
                    #"{"jsonrpc":"2.0","id":\#(id),"result":{"active":false,"reason":"expired"}}"#)
            }
        }

        @Test func `a verify is sent again when the connection breaks under it`() async throws {
            let heard = Heard()
            let daemon = try Self.rudeDaemon(heard)
            let client = SharedClient(socketPath: daemon.path)
            let answer = try await client.verify(token: "x")
            #expect(answer == .inactive(.expired))
            #expect(heard.count == 2)
        }

        @Test func `a create without a key is not sent again, and says so; one with a key is`() async throws {
            let heard = Heard()
            let daemon = try Self.rudeDaemon(heard)
            let client = SharedClient(socketPath: daemon.path)
            var create = TokenCreate(owner: .label("alice"))
            await #expect(throws: AgentClientError.closed) { try await client.call(create) }
            #expect(heard.count == 1)
            let answer = try await client.verify(token: "x")
            #expect(answer == .inactive(.expired), "the next call has a connection of its own")

            let again = Heard()
            let other = try Self.rudeDaemon(again)
            create.idempotencyKey = "once"
            do {
                _ = try await SharedClient(socketPath: other.path).call(create)
                Issue.record("a verdict is no token")
            } catch .protocolViolation {}
            #expect(again.count == 2)
        }

        @Test func `what is safe to repeat is sent again once, and no more`() async throws {
            let heard = Heard()
            let daemon = try FakeDaemon { line in
                heard.lines.withLock { $0.append(line) }
                return .hangUp
            }
            let client = SharedClient(socketPath: daemon.path)
            await #expect(throws: AgentClientError.closed) { try await client.verify(token: "x") }
            #expect(heard.count == 2)
        }

        @Test func `a call to a peer that never answers ends at its deadline`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            let client = SharedClient(socketPath: silent.path)
            await #expect(throws: AgentClientError.timedOut) {
                try await client.verify(token: "x", deadline: .milliseconds(100))
            }
        }

        @Test func `a call to nobody ends within its deadline, however patient it may be`() async throws {
            let folder = try TemporaryFolder()
            let client = SharedClient(socketPath: folder.file("nobody"), patience: .seconds(600))
            // What there was no time to find out is not said.
            var failure = AgentClientError.timedOut
            for _ in 1...10 where failure == .timedOut {
                do throws(AgentClientError) {
                    _ = try await client.verify(token: "x", deadline: .milliseconds(100))
                    Issue.record("nobody answered")
                } catch {
                    failure = error
                }
            }
            if case .noDaemon = failure { return }
            Issue.record("\(failure)")
        }

        @Test func `a daemon that lets nobody in is waited for, and told from none`() async throws {
            let folder = try TemporaryFolder()
            let path = folder.file("s")
            let stuck = try UnixEndpoint(listeningAt: path, backlog: 0)
            let first = try RawSocket(path: path)
            let impatient = SharedClient(socketPath: path, patience: .milliseconds(100))
            await #expect(throws: AgentClientError.busy(path: path)) {
                try await impatient.verify(token: "x")
            }
            let client = SharedClient(socketPath: path, deadline: Self.long, patience: Self.long)
            let waiting = Task { try await client.verify(token: "x") }
            _ = stuck.accept()
            let second = try #require(stuck.accept())
            _ = try second.line()
            try second.send(
                line: #"{"jsonrpc":"2.0","id":1,"result":{"active":false,"reason":"expired"}}"#)
            #expect(try await waiting.value == .inactive(.expired))
            withExtendedLifetime(first) {}
        }

        @Test func `a call that waits for a daemon can be cancelled`() async throws {
            let folder = try TemporaryFolder()
            let client = SharedClient(
                socketPath: folder.file("nobody"), deadline: .seconds(600), patience: .seconds(600))
            let call = Task { try await client.verify(token: "x") }
            try await Task.sleep(for: .milliseconds(50))
            call.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
        }
    }
}

private final class Stop: Sendable {
    let isAsked = Atomic(false)
}

/// What each of several callers has done.
private final class Counts: Sendable {
    private let counts: Mutex<[Int]>

    init(_ callers: Int) { counts = Mutex(Array(repeating: 0, count: callers)) }

    func add(_ caller: Int) { counts.withLock { $0[caller] += 1 } }

    /// Until each has gone on by two: the first may have been under way before, and may have been sent again
    /// already, which is done once.
    func awaitMore() throws {
        let before = counts.withLock { $0 }
        try eventually("each goes on") {
            zip(before, counts.withLock { $0 }).allSatisfy { $1 >= $0 + 2 }
        }
    }
}

/// What a fake daemon was told.
private final class Heard: Sendable {
    let lines = Mutex<[String]>([])
    var count: Int { lines.withLock(\.count) }
}

extension TokenVerify.Answer {
    fileprivate var isActive: Bool {
        owner != nil
    }

    fileprivate var owner: String? {
        if case .active(let active) = self { active.owner.id } else { nil }
    }
}
