import AgentCore
import AgentProtocol
import TokenCore

/// How fast callers may make and change tokens, and be wrong.
///
/// Being wrong only ever delays the answer that says so: it locks out no token, no owner and no caller, and
/// costs nothing to who is right.
struct CallerPaces: Sendable {
    private let changes: Paces<Writer>
    private let refusals: Paces<UInt32>

    /// A person has one pace wherever they call from, the HTTP bridge among it.
    private enum Writer: Hashable, Sendable {
        case uid(UInt32)
        case person(OwnerID)
    }

    init(createsPerSecondMax: Int = Limits.createsPerSecondMax) {
        changes = Paces(perSecond: createsPerSecondMax)
        refusals = Paces(perSecond: Limits.refusalsPerSecondMax)
    }

    /// Throws when they make, change, rotate or reveal tokens faster than they may. Admins may.
    func admitChange(by asker: Asker, at now: ContinuousClock.Instant) throws(RPCError) {
        guard !asker.caller.roles.contains(.admin) else { return }
        let writer = asker.caller.person.map(Writer.person) ?? .uid(asker.peer.uid)
        guard let wait = changes.admit(writer, at: now) else { return }
        throw .limitExceeded(
            retryAfterMS: wait.wholeMilliseconds,
            "\(asker.caller.name) makes or changes tokens faster than one may (limits.creates_per_second)")
    }

    /// How long the answer has to wait that tells a uid of a wrong token, login or password.
    func refusalDelay(of uid: UInt32, at now: ContinuousClock.Instant) -> Duration {
        refusals.delay(uid, at: now, waitMax: .milliseconds(Limits.refusalDelayMillisecondsMax))
    }
}

extension Duration {
    /// Rounded up, so that who waits so long has waited long enough.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
