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
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.interval) } catch { break }
                await round()
            }
        }
        // The last uses would be lost otherwise.
        await round()
    }

    private func round() async {
        do {
            try await agent.keepHouse()
        } catch {
            agent.logger.warning("housekeeping failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}

extension Agent {
    /// One round of housekeeping. Writes nothing when there is nothing to do.
    package func keepHouse() async throws(AgentError) {
        let now = clock()
        let rules = settings.purge
        let uses = index.takeUses()
        if !uses.isEmpty { try await mutate { try $0.touch(lastUsed: uses) } }
        let (expired, ended) = try await read { reader in
            (
                try reader.expiredTokens(before: now - rules.expiredAfter),
                try reader.tombstones(endedBefore: now - rules.tombstone).map(\.id)
            )
        }
        if rules.auto, !expired.isEmpty {
            try await mutate { writer in
                for token in expired where token.ending == nil {
                    try writer.purge(token, at: now, by: "housekeeping", reason: "expired")
                }
            }
        }
        if !ended.isEmpty {
            try await mutate { writer in
                for id in ended { try writer.forgetToken(id) }
            }
        }
    }
}
