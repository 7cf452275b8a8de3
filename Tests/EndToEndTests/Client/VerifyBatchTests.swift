import AgentClient
import AgentProtocol
import Foundation
import Synchronization
import Testing

extension EndToEnd {
    /// A call about many tokens, and a daemon that answers as it likes.
    @Suite struct VerifyBatchTests {
        /// More than are in flight at a time, which are the first of them.
        private static let tokens = (0..<100).map { "token\($0)" }
        private static let inFlight = 64

        /// Hears lines, and says after each what is sent.
        private static func daemon(
            _ answers: @escaping @Sendable (_ heard: [Request]) -> [String]
        ) throws -> FakeDaemon {
            let heard = Heard()
            return try FakeDaemon { line in
                let requests = heard.requests.withLock { requests in
                    requests.append(Request(line))
                    return requests
                }
                let lines = answers(requests)
                return lines.isEmpty ? .silence : .answer(lines.joined(separator: "\n"))
            }
        }

        @Test func `each answer is its token's own, in whatever order, and however often, it comes`()
            async throws
        {
            let daemon = try Self.daemon { heard in
                guard [Self.inFlight, Self.tokens.count].contains(heard.count) else { return [] }
                let first = heard.count == Self.inFlight ? 0 : Self.inFlight
                let answers = heard[first...].reversed().flatMap {
                    [$0.answer($0.token), $0.answer("twice")]
                }
                guard heard.count == Self.inFlight else { return answers }
                // Of one that is not asked about yet.
                return [Request(id: heard[0].id + 90, token: "").answer("early")] + answers
            }
            let answers = try await SharedClient(socketPath: daemon.path).verify(tokens: Self.tokens)
            #expect(answers.map(\.id) == Self.tokens)
        }

        /// What follows cannot be written then, and NIO reads what is left within that write.
        @Test func `a daemon that goes away behind its answers ends the call, and nothing else`() async throws
        {
            let heard = Heard()
            let daemon = try FakeDaemon { line in
                let requests = heard.requests.withLock { requests in
                    requests.append(Request(line))
                    return requests
                }
                guard requests.count % Self.inFlight == 0 else { return .silence }
                // By now the client does not look.
                Thread.sleep(forTimeInterval: 0.1)
                let long = String(repeating: "x", count: 1000)
                return .last(requests.suffix(Self.inFlight).map { $0.answer(long) }.joined(separator: "\n"))
            }
            let client = SharedClient(socketPath: daemon.path)
            let call = Task { try await client.verify(tokens: Self.tokens) }
            while heard.requests.withLock({ $0.count }) < Self.inFlight { await Task.yield() }
            await Task(executorPreference: client.executor) { _ = usleep(300_000) }.value
            await #expect(throws: AgentClientError.closed) { try await call.value }
        }

        @Test func `answers that are spelled in another way are understood`() async throws {
            let daemon = try Self.daemon { heard in
                [#"{"result": {"reason": "expired", "active": false}, "id": \#(heard.last!.id)}"#]
            }
            let answers = try await SharedClient(socketPath: daemon.path).verify(tokens: Self.tokens)
            #expect(answers == Array(repeating: .inactive(.expired), count: Self.tokens.count))
        }

        @Test func `an error for one of them is told, and the connection goes on`() async throws {
            let daemon = try Self.daemon { heard in
                let last = heard.last!
                guard last.token == "token70" else { return [last.answer(last.token)] }
                return [
                    #"{"jsonrpc":"2.0","id":\#(last.id),"error":{"code":-32007,"message":"x"}}"#
                ]
            }
            let client = SharedClient(socketPath: daemon.path)
            do {
                _ = try await client.verify(tokens: Self.tokens)
                Issue.record("an error was taken for an answer")
            } catch .refused(let error) {
                #expect(error.known == .limitExceeded)
            }
            #expect(try await client.verify(token: "x").id == "x")
        }

        @Test func `two calls about many, and others between them, get their own`() async throws {
            let daemon = try Self.daemon { heard in [heard.last!.answer(heard.last!.token)] }
            let client = SharedClient(socketPath: daemon.path)
            let others = (0..<300).map { "other\($0)" }
            async let mine = client.verify(tokens: Self.tokens)
            async let theirs = client.verify(tokens: others)
            for number in 0..<50 { #expect(try await client.verify(token: "\(number)").id == "\(number)") }
            #expect(try await mine.map(\.id) == Self.tokens)
            #expect(try await theirs.map(\.id) == others)
        }

        @Test func `after it is cancelled no more tokens are asked about`() async throws {
            let (full, filling) = AsyncStream<Void>.makeStream()
            let daemon = try Self.daemon { heard in
                if heard.count == Self.inFlight { filling.yield() }
                return heard.count > Self.inFlight ? heard.map { $0.answer("after \(heard.count)") } : []
            }
            let client = SharedClient(socketPath: daemon.path)
            let call = Task { try await client.verify(tokens: Self.tokens) }
            for await _ in full { break }
            call.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
            // Had more been asked, they would have been heard before the second of these.
            for count in 1...2 {
                #expect(try await client.verify(token: "x").id == "after \(Self.inFlight + count)")
            }
        }
    }
}

/// A verify, as it was heard.
private struct Request {
    let id: Int
    let token: String

    init(id: Int, token: String) { (self.id, self.token) = (id, token) }

    init(_ line: String) {
        id = Int(line.split(separator: "\"id\":")[1].prefix { $0.isNumber }) ?? 0
        token = String(line.split(separator: "\"token\":\"")[1].prefix { $0 != "\"" })
    }

    /// A good verdict on a token of that id.
    func answer(_ code: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"active":true,"id":"\#(code)","owner":{"source":"s","#
            + #""id":"i","login":"l","email":null},"audience":"a","name":"n","write":false,"flags":[],"#
            + #""expires_at":null}}"#
    }
}

private final class Heard: Sendable {
    let requests = Mutex<[Request]>([])
}

extension TokenVerify.Answer {
    fileprivate var id: String? {
        if case .active(let active) = self { active.id } else { nil }
    }
}
