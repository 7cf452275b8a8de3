import Logging
import ServiceLifecycle
import Synchronization
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
            // Both pass over the tokens, so callers do not wait for them.
            await agent.tellUnconfigured()
            await agent.tellLostKeys()
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
            guard isLast else { return try await agent.keepHouse() }
            try await agent.noteUses()
            try await agent.settleClock(always: true)
        } catch {
            agent.logger.warning("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}

extension Agent {
    /// One round of housekeeping. Writes nothing when there is nothing to do.
    package func keepHouse() async throws(AgentError) {
        tellOfCheckpoints()
        triedPurges.withLock { $0.wake() }
        try await noteUses()
        try await settleClock()
        // Nobody is refused more for this having waited, and what is gone would be gone for good.
        guard !guardedClock.isAhead else { return }
        let (rules, now) = (settings.purge, clock())
        // The secrets kept for idempotency keys must not outlive their time for want of another such request.
        if try await read({ try $0.hasIdempotent(before: now - Ticket.keptFor) }) {
            try await mutate { try $0.forgetIdempotent(before: now - Ticket.keptFor) }
        }
        try await purgeExpired(before: now - rules.expiredAfter, at: now)
        try await forgetTombstones(endedBefore: now - rules.tombstone)
    }

    /// In groups, so that those who make tokens meanwhile wait for one of them at most.
    func noteUses() async throws(AgentError) {
        while case let uses = index.takeUses(), !uses.isEmpty {
            do { try await mutate { try $0.touch(lastUsed: uses) } } catch {
                index.giveBack(uses)
                throw error
            }
        }
    }

    /// Those whose time has been over for long. In parts, each of which looks by itself: what was changed or
    /// restored meanwhile must not be undone.
    private func purgeExpired(before limit: Timestamp, at now: Timestamp) async throws(AgentError) {
        let part = Self.partTokens
        guard try await read({ try !$0.expiredTokens(before: limit, limit: 1).isEmpty }) else { return }
        var purged = 0
        repeat {
            purged = try await mutate { writer in
                let expired = try writer.reader.expiredTokens(before: limit, limit: part)
                for token in expired {
                    try writer.purge(token, at: now, by: "housekeeping", reason: "expired")
                }
                return expired.count
            }
            measures.purged(purged, .expired)
        } while purged == part
    }

    private func forgetTombstones(endedBefore limit: Timestamp) async throws(AgentError) {
        let part = Self.partTokens
        guard try await read({ try !$0.tombstones(endedBefore: limit, limit: 1).isEmpty }) else { return }
        var forgotten = 0
        repeat {
            forgotten = try await mutate { writer in
                let ended = try writer.reader.tombstones(endedBefore: limit, limit: part)
                for id in ended { try writer.forgetToken(id) }
                return ended.count
            }
        } while forgotten == part
    }
}
