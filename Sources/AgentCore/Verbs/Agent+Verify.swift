import Logging
import Synchronization
package import TokenCore

/// The answer to a verify: what the token is, or why not.
package enum Verification: Sendable {
    case active(IndexedToken, IndexedOwner)
    /// No such token, or a wrong secret: nobody outside learns which.
    case unknown
    case refused(Refusal)

    fileprivate var verdict: Verdict {
        switch self {
        case .active: .active
        case .unknown: .wrongSecret
        case .refused(let refusal): .refused(refusal)
        }
    }
}

extension Agent {
    package var now: Timestamp { clock() }

    /// Asks memory for a token that will be verified in a moment.
    package func expect(_ presented: PresentedToken, _: VerifierRight) { index.expect(presented.userCode) }

    /// Then for its owner, when that token may have come.
    package func expectOwner(of presented: PresentedToken, _: VerifierRight) {
        index.expectOwner(of: presented.userCode)
    }

    /// Touches memory only. Synchronous, so that it can run on an event loop. `whenActive` is called with a
    /// good token and may copy from it; it holds up whoever changes that token, so it does no more.
    package func verify(
        _ presented: PresentedToken, for demand: Demand, at now: Timestamp, _: VerifierRight,
        whenActive: (borrowing TokenEntry) -> Void
    ) -> Verdict {
        let verdict = judge(presented, for: demand, at: now, whenActive)
        measures.verifies.note(verdict)
        return verdict
    }

    /// With a copy of what the token is.
    package func verify(_ presented: PresentedToken, for demand: Demand, _: VerifierRight) -> Verification {
        let verification = judge(presented, for: demand)
        measures.verifies.note(verification.verdict)
        return verification
    }

    /// What has not the form of a token is refused before it comes here.
    package func noteMalformed(_: VerifierRight) { measures.verifies.noteMalformed() }

    func judge(_ presented: PresentedToken, for demand: Demand) -> Verification {
        var found: (IndexedToken, IndexedOwner)?
        let verdict = judge(presented, for: demand, at: now) { found = ($0.token, $0.owner) }
        switch (verdict, found) {
        case (.active, let (token, owner)?): return .active(token, owner)
        case (.refused(let refusal), _): return .refused(refusal)
        default: return .unknown
        }
    }

    private func judge(
        _ presented: PresentedToken, for demand: Demand, at now: Timestamp,
        _ whenActive: (borrowing TokenEntry) -> Void
    ) -> Verdict {
        let verdict = index.verdict(on: presented.userCode, usedAt: guardedClock.using(at: now)) { entry in
            let verdict = entry.facts.verdict(on: presented.digest, standing: entry.standing, at: now) {
                guard !demand.isEmpty else { return nil }
                let terms = entry.terms
                return demand.unmet(audience: terms.audience, flags: terms.flags, write: terms.write)
            }
            if case .active = verdict { whenActive(entry) }
            return verdict
        }
        if case .refused(.obsolete) = verdict { purgeLater(presented.userCode) }
        return verdict
    }

    /// An obsolete token that somebody tries to use is deleted at that moment. The refusal does not wait
    /// for it.
    private func purgeLater(_ id: UserCode) {
        guard triedPurges.withLock({ $0.begin(id) }) else { return }
        Task {
            do {
                _ = try await purgeTried(id)
                if triedPurges.withLock({ $0.succeeded(id) }) {
                    logger.notice("obsolete tokens that are tried can be purged again")
                }
            } catch {
                // It stays obsolete and refused; a try after housekeeping's next round takes it, or a purge.
                guard triedPurges.withLock({ $0.failed(id) }) else { return }
                logger.warning(
                    "cannot purge obsolete tokens that are tried; they are tried again, and stay refused",
                    metadata: ["token": "\(id)", "error": "\(error)"])
            }
        }
    }
}
