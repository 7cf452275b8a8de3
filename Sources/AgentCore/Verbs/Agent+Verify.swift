import Logging
import Synchronization
package import TokenCore

/// The answer to a verify: what the token is, or why not.
package enum Verification: Sendable {
    case active(IndexedToken, IndexedOwner)
    /// No such token, or a wrong secret: nobody outside learns which.
    case unknown
    case refused(Refusal)
}

extension Agent {
    /// Touches memory only. Synchronous, so that it can run on an event loop.
    package func verify(_ presented: PresentedToken, for demand: Demand, _: VerifierRight) -> Verification {
        judge(presented, for: demand)
    }

    func judge(_ presented: PresentedToken, for demand: Demand) -> Verification {
        let now = clock()
        guard let (token, owner) = index.find(presented.userCode) else { return .unknown }
        let terms = token.terms
        let verdict = token.facts.verdict(on: presented.digest, standing: owner.standing, at: now) {
            demand.unmet(audience: terms.audience, flags: terms.flags, write: terms.write)
        }
        switch verdict {
        case .wrongSecret: return .unknown
        case .refused(let refusal):
            if refusal == .obsolete { purgeLater(token.id) }
            return .refused(refusal)
        case .active:
            index.noteUse(of: token, at: now)
            return .active(token, owner)
        }
    }

    /// An obsolete token that somebody tries to use is deleted at that moment. The refusal does not wait
    /// for it.
    private func purgeLater(_ id: UserCode) {
        guard pendingPurges.withLock({ $0.insert(id).inserted }) else { return }
        Task {
            defer { _ = pendingPurges.withLock { $0.remove(id) } }
            do {
                _ = try await purgeTried(id)
            } catch {
                // It stays obsolete and refused; the next try or purge takes it.
                logger.warning(
                    "cannot purge an obsolete token", metadata: ["token": "\(id)", "error": "\(error)"])
            }
        }
    }
}
