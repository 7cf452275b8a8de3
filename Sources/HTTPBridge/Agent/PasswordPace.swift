internal import AgentProtocol
internal import Synchronization

/// Wrong passwords are slowed, by client and login; nobody is ever locked out.
///
/// Each wrong password makes the next try of the same client for the same login wait twice as long, a second
/// at most. What is not tried again is forgotten.
final class PasswordPace: Sendable {
    private let book = Mutex(PaceBook())
    private let asked = Mutex(0)

    func delay(_ key: PaceBook.Key, at now: ContinuousClock.Instant) -> Duration {
        book.withLock { $0.delay(key, at: now) }
    }

    func note(_ key: PaceBook.Key, wrong: Bool, at now: ContinuousClock.Instant) {
        book.withLock { $0.note(key, wrong: wrong, at: now) }
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
}

/// Who failed how often. Pure; holds `keysMax` at most.
struct PaceBook: Sendable {
    struct Key: Hashable, Sendable {
        var client: String
        var login: String
    }

    private struct Failures {
        var count: Int
        var last: ContinuousClock.Instant
    }

    static let keysMax = 4096
    static let firstDelay = Duration.milliseconds(100)
    static let delayMax = Duration.seconds(1)
    static let forgottenAfter = Duration.seconds(300)

    private var failures: [Key: Failures] = [:]

    var count: Int { failures.count }

    func delay(_ key: Key, at now: ContinuousClock.Instant) -> Duration {
        guard let known = failures[key], now - known.last < Self.forgottenAfter else { return .zero }
        return min(Self.firstDelay * (1 << min(known.count - 1, 10)), Self.delayMax)
    }

    mutating func note(_ key: Key, wrong: Bool, at now: ContinuousClock.Instant) {
        guard wrong else {
            failures[key] = nil
            return
        }
        let known = failures[key].map { now - $0.last < Self.forgottenAfter ? $0.count : 0 } ?? 0
        failures[key] = Failures(count: known + 1, last: now)
        if failures.count > Self.keysMax { shrink(at: now) }
    }

    /// Forgets the stale half. Whoever is slowed just now stays so.
    private mutating func shrink(at now: ContinuousClock.Instant) {
        let kept = failures.sorted { $0.value.last > $1.value.last }.prefix(Self.keysMax / 2)
        failures = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}

/// The agent as one client of the bridge reaches it: with its wrong passwords slowed.
struct PacedRequests: AgentRequests {
    let agent: any AgentRequests
    let pace: PasswordPace
    /// Who asks. Only passwords need to know.
    let client: @Sendable () -> String

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        guard case .password(let login, _, _) = credentials else {
            return try await agent.call(params, as: credentials)
        }
        let key = PaceBook.Key(client: client(), login: login.lowercased())
        let delay = pace.delay(key, at: .now)
        if delay > .zero { await pause(delay) }
        guard pace.enter() else {
            throw .refused(.directoryUnavailable("too many passwords wait for the directory"))
        }
        defer { pace.leave() }
        do throws(AgentFailure) {
            let answer = try await agent.call(params, as: credentials)
            pace.note(key, wrong: false, at: .now)
            return answer
        } catch {
            if error.isBadCredentials { pace.note(key, wrong: true, at: .now) }
            throw error
        }
    }

    /// A client that goes away has no need to wait, and none to be told.
    private func pause(_ delay: Duration) async {
        do { try await Task.sleep(for: delay) } catch {}
    }
}
