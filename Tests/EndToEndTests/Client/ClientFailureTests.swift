import AgentClient
import AgentProtocol
import Foundation
import Testing

extension EndToEnd {
    /// The client library against something that is no good daemon.
    @Suite struct ClientFailureTests {
        private func connect(_ daemon: FakeDaemon) async throws -> AgentConnection {
            try await AgentConnection.connect(path: daemon.path)
        }

        @Test(arguments: [
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"x"}}"#, RPCError.Code.notFound),
            (#"{"jsonrpc":"2.0","id":null,"error":{"code":-32007,"message":"x"}}"#, .limitExceeded),
        ]) func `an error is told, also one for the whole connection`(
            text: String, code: RPCError.Code
        ) async throws {
            let daemon = try FakeDaemon { _ in .answer(text) }
            let connection = try await connect(daemon)
            do {
                _ = try await connection.call(AgentStatus())
                Issue.record("an error was taken for a result")
            } catch .refused(let error) {
                #expect(error.known == code)
            }
        }

        @Test(arguments: [
            "hello", "{}", #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":null,"result":{}}"#, "[]",
        ]) func `what is no answer ends the connection`(text: String) async throws {
            let daemon = try FakeDaemon { _ in .answer(text) }
            let connection = try await connect(daemon)
            do {
                _ = try await connection.verify(token: "x")
                Issue.record("\(text) was taken for an answer")
            } catch .protocolViolation {
                await #expect(throws: AgentClientError.self) { try await connection.verify(token: "x") }
            }
        }

        /// As a daemon does that has too many connections of the user already.
        @Test func `why it is hung up on at once is told`() async throws {
            let folder = try TemporaryFolder()
            let path = folder.file("s")
            let endpoint = try UnixEndpoint(listeningAt: path)
            Thread.detachNewThread {
                while let connection = endpoint.accept() {
                    try? connection.send(
                        line: #"{"jsonrpc":"2.0","id":null,"error":{"code":-32007,"message":"x"}}"#)
                }
            }
            let client = SharedClient(socketPath: path)
            for _ in 0..<100 {
                do throws(AgentClientError) {
                    let connection = try await AgentConnection.connect(path: path)
                    _ = try await connection.verify(token: "x")
                } catch {
                    #expect(error == .refused(RPCError(code: -32007, message: "x")))
                }
                do throws(AgentClientError) {
                    _ = try await client.verify(token: "x")
                } catch {
                    #expect(error == .refused(RPCError(code: -32007, message: "x")))
                }
            }
            endpoint.stop()
        }

        @Test func `a result of another shape is no answer`() async throws {
            let daemon = try FakeDaemon { _ in .answer(#"{"jsonrpc":"2.0","id":1,"result":{"active":7}}"#) }
            let connection = try await connect(daemon)
            do {
                _ = try await connection.verify(token: "x")
                Issue.record("it was taken for a result")
            } catch .protocolViolation {}
        }

        @Test func `a daemon that hangs up is told from one that is silent`() async throws {
            let rude = try FakeDaemon { _ in .hangUp }
            let first = try await connect(rude)
            await #expect(throws: AgentClientError.closed) { try await first.verify(token: "x") }
            let silent = try FakeDaemon { _ in .silence }
            let second = try await connect(silent)
            await #expect(throws: AgentClientError.timedOut) {
                try await second.call(TokenVerify(token: Secret("x")), timeout: .milliseconds(50))
            }
        }

        @Test func `each call ends at its own deadline`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            let connection = try await connect(silent)
            let patient = Task { try await connection.call(AgentStatus(), timeout: .seconds(600)) }
            let params = TokenVerify(token: Secret("x"))
            // A machine that stands still for as long as they are apart lets them end together.
            var order: [Duration] = []
            for _ in 1...10 where order.isEmpty || order != order.sorted() {
                order = await Self.ends(of: [300, 100, 200].map { .milliseconds($0) }) { timeout in
                    await #expect(throws: AgentClientError.timedOut) {
                        try await connection.call(params, timeout: timeout)
                    }
                }
            }
            #expect(order.count == 3 && order == order.sorted())
            for past in [.zero, .seconds(-1), Duration.nanoseconds(1)] {
                await #expect(throws: AgentClientError.timedOut) {
                    try await connection.call(params, timeout: past)
                }
            }
            patient.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await patient.value }
        }

        /// Calls that are made at once, in the order in which they end; none does before its time.
        private static func ends(
            of timeouts: [Duration], _ call: @escaping @Sendable (Duration) async -> Void
        ) async -> [Duration] {
            await withTaskGroup(of: Duration.self) { group in
                for timeout in timeouts {
                    group.addTask {
                        let start = ContinuousClock.now
                        await call(timeout)
                        #expect(ContinuousClock.now - start >= timeout)
                        return timeout
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }

        @Test func `an answer that comes too late harms no other call`() async throws {
            let daemon = try FakeDaemon { line in
                guard line.contains("token.verify") else { return .silence }
                return .answer(
                    #"{"jsonrpc":"2.0","id":1,"result":{}}"# + "\n"
                        + #"{"jsonrpc":"2.0","id":2,"result":{"active":false,"reason":"expired"}}"#)
            }
            let connection = try await connect(daemon)
            await #expect(throws: AgentClientError.timedOut) {
                try await connection.call(AgentStatus(), timeout: .milliseconds(50))
            }
            let answer = try await connection.verify(token: "x")
            #expect(answer == .inactive(.expired))
        }

        @Test(arguments: [true, false]) func `a cancelled call ends at once`(isEarly: Bool) async throws {
            let (heard, hearing) = AsyncStream<Void>.makeStream()
            let daemon = try FakeDaemon { _ in
                hearing.yield()
                return .silence
            }
            let connection = try await connect(daemon)
            let call = Task { try await connection.verify(token: "x") }
            if !isEarly { for await _ in heard { break } }
            call.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
        }

        @Test func `a call of a cancelled task is not begun`() async throws {
            let daemon = try FakeDaemon { _ in .answer(#"{"jsonrpc":"2.0","id":2,"result":{}}"#) }
            let connection = try await connect(daemon)
            let call = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.verify(token: "x")
            }
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
        }

        @Test func `closing fails the calls that wait`() async throws {
            let (heard, hearing) = AsyncStream<Void>.makeStream()
            let daemon = try FakeDaemon { _ in
                hearing.yield()
                return .silence
            }
            let connection = try await connect(daemon)
            let call = Task { try await connection.verify(token: "x") }
            for await _ in heard { break }
            await connection.close()
            await #expect(throws: AgentClientError.closed) { try await call.value }
            await #expect(throws: AgentClientError.closed) { try await connection.verify(token: "x") }
        }

        @Test func `a request that is longer than a line is not sent`() async throws {
            let daemon = try FakeDaemon { _ in .hangUp }
            let connection = try await connect(daemon)
            do {
                _ = try await connection.verify(token: String(repeating: "x", count: 70000))
                Issue.record("it was sent")
            } catch .unsendable {}
        }

        @Test(arguments: ["/tmp/no-such-socket", String(repeating: "x", count: 300)])
        func `where nobody listens there is no daemon`(path: String) async throws {
            do {
                _ = try await AgentConnection.connect(path: path)
                Issue.record("somebody listens at \(path)")
            } catch .noDaemon(let named, _) {
                #expect(named == path)
            }
        }
    }
}
