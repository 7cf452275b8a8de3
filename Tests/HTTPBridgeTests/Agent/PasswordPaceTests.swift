import AgentProtocol
import Synchronization
import Testing

@testable import HTTPBridge

struct PasswordPaceTests {
    /// An agent whose only good password is "right", and that thinks about "slow" until it is told to answer.
    private final class Doorkeeper: AgentRequests {
        private let inside = Mutex((now: 0, most: 0, ever: 0))
        private let (patience, release) = AsyncStream.makeStream(of: Void.self)

        var most: Int { inside.withLock { $0.most } }
        var ever: Int { inside.withLock { $0.ever } }

        func answerSlowOne() { release.finish() }

        func call<P: MethodParams>(
            _ params: P, as credentials: Credentials?
        ) async throws(AgentFailure) -> P.Answer {
            inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.ever + 1) }
            defer { inside.withLock { $0.now -= 1 } }
            guard case .password(_, let password, _) = credentials else { throw .unreachable("no password") }
            if password.exposed == "slow" { for await _ in patience {} } else { await Task.yield() }
            let answer = AgentWhoami.Answer(uid: 0, gid: 0, pid: 0, login: nil, roles: [])
            guard password.exposed != "wrong", let answer = answer as? P.Answer else {
                throw .refused(.badCredentials())
            }
            return answer
        }
    }

    /// What became of a try.
    private enum Outcome: Hashable { case right, wrong, refused }

    private let keeper = Doorkeeper()
    private let pauses = Pauses()

    private final class Pauses: Sendable {
        private let taken = Mutex<[Duration]>([])
        var all: [Duration] { taken.withLock { $0 } }
        func add(_ pause: Duration) { taken.withLock { $0.append(pause) } }
    }

    private func pace(patience: Duration = .seconds(60)) -> PasswordPace {
        PasswordPace(patience: patience) { [pauses] in pauses.add($0) }
    }

    private func attempt(
        _ pace: PasswordPace, _ password: String, client: String = "c", login: String = "alice"
    ) async -> Outcome {
        await attempt(PacedRequests(agent: keeper, pace: pace) { client }, password, login)
    }

    private func attempt(_ agent: PacedRequests, _ password: String, _ login: String) async -> Outcome {
        do {
            _ = try await agent.call(
                AgentWhoami(), as: .password(login: login, password: Secret(password), source: nil))
            return .right
        } catch {
            return error.isBadCredentials ? .wrong : .refused
        }
    }

    private func slowOneInside() async throws {
        try await eventually("the slow one") { keeper.ever > 0 ? () : nil }
    }

    @Test("Guesses that come at once are judged one after the other, and cost what they cost in a row")
    func takesTurns() async {
        let pace = pace()
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 1...8 { group.addTask { await attempt(pace, "wrong") } }
            for await outcome in group { #expect(outcome == .wrong) }
        }
        #expect(keeper.most == 1)
        #expect(pauses.all == [100, 200, 400, 800, 1000, 1000, 1000].map { .milliseconds($0) })
        #expect(await attempt(pace, "right") == .right)
        #expect(await attempt(pace, "right") == .right)
        #expect(pauses.all.count == 8)
    }

    @Test("The right password costs nothing, however many requests bring it at once")
    func letsTheRightOneIn() async {
        let pace = pace()
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<BridgeLimits.passwordsInLineMax { group.addTask { await attempt(pace, "right") } }
            for await outcome in group { #expect(outcome == .right) }
        }
        #expect(pauses.all.isEmpty)
    }

    @Test("Other clients and other logins wait for nobody's turn, and no delay of theirs")
    func keepsOthersApart() async throws {
        let pace = pace()
        for _ in 1...3 { #expect(await attempt(pace, "wrong") == .wrong) }
        let waited = pauses.all.count
        async let slow = attempt(pace, "slow")
        try await eventually("the slow one") { keeper.ever > 3 ? () : nil }
        #expect(await attempt(pace, "right", client: "d") == .right)
        #expect(await attempt(pace, "right", login: "bob") == .right)
        #expect(pauses.all.count == waited + 1)
        keeper.answerSlowOne()
        #expect(await slow == .right)
    }

    @Test("So many wait for a turn, and one more is refused")
    func limitsTheLine() async throws {
        let pace = pace()
        let (waiting, more) = (BridgeLimits.passwordsInLineMax, 5)
        async let slow = attempt(pace, "slow")
        try await slowOneInside()
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<waiting + more { group.addTask { await attempt(pace, "right") } }
            for _ in 0..<more { #expect(await group.next() == .refused) }
            keeper.answerSlowOne()
            for await outcome in group { #expect(outcome == .right) }
        }
        #expect(await slow == .right)
        #expect(keeper.ever == waiting + 1)
    }

    @Test("Who waits too long for a turn is refused, and asks nothing")
    func waitsNotForEver() async throws {
        let pace = pace(patience: .milliseconds(20))
        async let slow = attempt(pace, "slow")
        try await slowOneInside()
        #expect(await attempt(pace, "right") == .refused)
        keeper.answerSlowOne()
        #expect(await slow == .right)
        #expect(keeper.ever == 1)
        #expect(await attempt(pace, "right") == .right)
    }

    @Test("Who goes away gets round no delay, and gives up no more than their own turn")
    func goesAway() async throws {
        let pace = PasswordPace { _ in withUnsafeCurrentTask { $0?.cancel() } }
        #expect(await attempt(pace, "wrong") == .wrong)
        let gone = Task { await attempt(pace, "wrong") }
        #expect(await gone.value == .refused)
        #expect(keeper.ever == 1)
        #expect(await attempt(pace, "right", login: "bob") == .right)
        // The turn is free again.
        let next = Task { await attempt(pace, "wrong") }
        #expect(await next.value == .refused)
    }

    @Test("A request whose password was right does not stand in line a second time")
    func standsInLineOnce() async throws {
        let pace = pace()
        let request = PacedRequests(agent: keeper, pace: pace) { "c" }
        #expect(await attempt(request, "right", "alice") == .right)
        async let slow = attempt(pace, "slow")
        try await eventually("the slow one") { keeper.ever == 2 ? () : nil }
        #expect(await attempt(request, "right", "alice") == .right)
        keeper.answerSlowOne()
        #expect(await slow == .right)
    }
}
