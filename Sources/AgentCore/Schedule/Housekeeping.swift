import Logging
import ServiceLifecycle
import TokenCore
import TokenStorage

/// What has to be done now and then: note the latest uses, take away what has had its time.
package struct Housekeeping: Service {
    /// Between two rounds.
    static let interval = Duration.seconds(30)

    private let agent: Agent

    package init(agent: Agent) { self.agent = agent }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await resumeKeyRotation()
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.interval) } catch { break }
                await round()
            }
        }
        // The last uses would be lost otherwise, and the time.
        await round(isLast: true)
    }

    private func resumeKeyRotation() async {
        do {
            try await agent.resumeKeyRotation()
        } catch {
            agent.logger.error(
                "the rotation of the sealing key cannot go on", metadata: ["error": "\(error)"])
        }
    }

    private func round(isLast: Bool = false) async {
        do {
            try await agent.keepHouse()
            if isLast { try await agent.settleClock(always: true) }
        } catch {
            agent.logger.warning("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}

extension Agent {
    /// One round of housekeeping. Writes nothing when there is nothing to do.
    package func keepHouse() async throws(AgentError) {
        tellOfCheckpoints()
        // In groups, so that those who make tokens meanwhile wait for one of them at most.
        while case let uses = index.takeUses(), !uses.isEmpty {
            do { try await mutate { try $0.touch(lastUsed: uses) } } catch {
                index.giveBack(uses)
                throw error
            }
        }
        try await settleClock()
        // Nobody is refused more for this having waited, and what is gone would be gone for good.
        guard !guardedClock.isAhead else { return }
        let (rules, now) = (settings.purge, clock())
        // The secrets kept for idempotency keys must not outlive their time for want of another such request.
        if try await read({ try $0.hasIdempotent(before: now - Ticket.keptFor) }) {
            try await mutate { try $0.forgetIdempotent(before: now - Ticket.keptFor) }
        }
        let found = try await read { try $0.hasHadItsTime(rules, at: now) }
        guard !found.expired.isEmpty || !found.ended.isEmpty else { return }
        let expired = try await mutate { writer in
            // Looked for again: what was changed or restored since the look must not be undone.
            let found = try writer.reader.hasHadItsTime(rules, at: now)
            for token in found.expired {
                try writer.purge(token, at: now, by: "housekeeping", reason: "expired")
            }
            for token in found.ended { try writer.forgetToken(token.id) }
            return found.expired.count
        }
        measures.purged(expired, .expired)
    }
}

extension StoreReader {
    /// Tokens to be purged because they expired long ago, and tombstones to be forgotten. What was changed
    /// since it expired, as by a restore, has its time anew.
    fileprivate func hasHadItsTime(
        _ rules: PurgeRules, at now: Timestamp
    ) throws -> (expired: [TokenRecord], ended: [TokenRecord]) {
        let limit = now - rules.expiredAfter
        let expired = try expiredTokens(before: limit).filter { $0.updatedAt < limit }
        return (expired, try tombstones(endedBefore: now - rules.tombstone))
    }
}
