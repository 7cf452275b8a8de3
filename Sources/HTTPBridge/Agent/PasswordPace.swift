internal import Synchronization

/// Wrong passwords are slowed, by client and login; nobody is ever locked out.
///
/// One client's tries for one login are judged one after the other, however many come at once, and each wrong
/// one makes the next wait twice as long, a second at most. So guesses take as long side by side as in a row,
/// and who comes from elsewhere, or with another login, waits for none of them. What is not tried again is
/// forgotten.
final class PasswordPace: Sendable {
    private let book = Mutex(PaceBook())
    private let lines = Mutex(PaceLines())
    private let asked = Mutex(0)
    private let patience: Duration
    private let sleep: @Sendable (Duration) async -> Void

    /// `sleep` is how delays pass; it ends early for whoever is cancelled.
    init(
        patience: Duration = .seconds(BridgeLimits.passwordTurnSeconds),
        sleep: @escaping @Sendable (Duration) async -> Void = PasswordPace.sleep
    ) {
        self.patience = patience
        self.sleep = sleep
    }

    /// Waits for this client's turn with that login, and for as long as the wrong passwords before it cost.
    /// False for who may not go on: too many wait already, or it took too long, or nobody wants to know any
    /// more. Whoever gets true gives the turn back.
    func takeTurn(_ key: PaceBook.Key) async -> Bool {
        if !lines.withLock({ $0.enter(key) }) {
            guard await standInLine(key) else { return false }
        }
        return await begin(key)
    }

    /// Whoever waits next has the turn then.
    func giveTurn(_ key: PaceBook.Key) {
        lines.withLock { $0.leave(key) }?.resume(returning: true)
    }

    func note(_ key: PaceBook.Key, wrong: Bool) {
        book.withLock { $0.note(key, wrong: wrong, at: .now) }
    }

    /// Takes one of the places of those whom a directory is being asked about; false when there is none.
    func enter() -> Bool {
        asked.withLock { count in
            guard count < BridgeLimits.passwordsAtOnceMax else { return false }
            count += 1
            return true
        }
    }

    func leave() { asked.withLock { $0 -= 1 } }

    private func begin(_ key: PaceBook.Key) async -> Bool {
        let delay = book.withLock { $0.delay(key, at: .now) }
        if delay > .zero { await sleep(delay) }
        // Who goes away must not get round the delay.
        guard !Task.isCancelled else {
            giveTurn(key)
            return false
        }
        return true
    }

    private func standInLine(_ key: PaceBook.Key) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.turn(key) }
            group.addTask { [patience] in
                await Self.sleep(patience)
                return false
            }
            var hasTurn = false
            for await turn in group {
                hasTurn = hasTurn || turn
                group.cancelAll()
            }
            return hasTurn
        }
    }

    private func turn(_ key: PaceBook.Key) async -> Bool {
        let ticket = lines.withLock { $0.ticket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = lines.withLock { lines -> Bool? in
                    guard !Task.isCancelled else { return false }
                    return lines.join(key, ticket, continuation)
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            lines.withLock { $0.abandon(key, ticket) }?.resume(returning: false)
        }
    }

    /// A client that goes away has no need to wait.
    static func sleep(_ duration: Duration) async {
        do { try await Task.sleep(for: duration) } catch {}
    }
}

/// Who has the turn with a login, and who waits for it, in the order in which they came.
struct PaceLines: Sendable {
    typealias Waiting = CheckedContinuation<Bool, Never>

    /// A key is here while somebody has its turn.
    private var lines: [PaceBook.Key: [(ticket: Int, waiting: Waiting)]] = [:]
    private var tickets = 0

    mutating func ticket() -> Int {
        tickets += 1
        return tickets
    }

    /// Takes the turn if nobody has it.
    mutating func enter(_ key: PaceBook.Key) -> Bool {
        guard lines[key] == nil else { return false }
        lines[key] = []
        return true
    }

    /// True has the turn at once, false is one too many, nil waits.
    mutating func join(_ key: PaceBook.Key, _ ticket: Int, _ waiting: Waiting) -> Bool? {
        if enter(key) { return true }
        guard let count = lines[key]?.count, count < BridgeLimits.passwordsInLineMax else { return false }
        lines[key]?.append((ticket, waiting))
        return nil
    }

    /// Ends the turn; the result is the next one's.
    mutating func leave(_ key: PaceBook.Key) -> Waiting? {
        guard lines[key]?.isEmpty == false else {
            lines[key] = nil
            return nil
        }
        return lines[key]?.removeFirst().waiting
    }

    /// nil for who has been called already.
    mutating func abandon(_ key: PaceBook.Key, _ ticket: Int) -> Waiting? {
        guard let place = lines[key]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return lines[key]?.remove(at: place).waiting
    }
}
