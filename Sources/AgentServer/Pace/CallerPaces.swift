import AgentCore
import AgentProtocol
import TokenCore

/// How fast callers may make tokens, and be wrong.
///
/// Being wrong only ever delays the answer that says so: it locks out no token, no owner and no caller, and
/// costs nothing to who is right.
struct CallerPaces: Sendable {
    private let creations: Paces<Creator>
    private let refusals: Paces<UInt32>

    /// A person has one pace wherever they call from, the HTTP bridge among it.
    private enum Creator: Hashable, Sendable {
        case uid(UInt32)
        case person(OwnerID)
    }

    init(createsPerSecondMax: Int = Limits.createsPerSecondMax) {
        creations = Paces(perSecond: createsPerSecondMax)
        refusals = Paces(perSecond: Limits.refusalsPerSecondMax)
    }

    /// Throws when they make tokens faster than they may. Admins may.
    func admitCreation(by asker: Asker, at now: ContinuousClock.Instant) throws(RPCError) {
        guard !asker.caller.roles.contains(.admin) else { return }
        let creator = asker.caller.person.map(Creator.person) ?? .uid(asker.peer.uid)
        guard let wait = creations.admit(creator, at: now) else { return }
        throw .limitExceeded(
            retryAfterMS: wait.wholeMilliseconds,
            "\(asker.caller.name) makes tokens faster than one may (limits.creates_per_second)")
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
