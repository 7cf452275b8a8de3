import CLinux
import TokenCore
import TokenStorage

/// How many there are of what.
struct Census: Sendable {
    let tokens: [TokenState: Int]
    let people: Int
}

/// Counts for all who ask meanwhile, one count at a time, so that whoever asks without a pause takes no more
/// than a part of one reader from the others.
actor Censuses {
    /// A count that took less than this is made anew for each who asks.
    static let cheap = Duration.milliseconds(5)
    /// Others are kept for so many times the time they took, and no longer than this.
    static let keptTimes = 20
    static let keptMax = Duration.seconds(5)

    private var kept: (census: Census, until: ContinuousClock.Instant)?
    /// The last one that was asked for.
    private var last: Task<Census, any Error>?
    /// Whether it has not begun: then it will see all that has happened by now.
    private var isAhead = false

    /// `count` tells how long a processor was busy with it.
    func census(
        _ count: @escaping @Sendable () async throws -> (Census, took: Duration)
    ) async throws -> Census {
        if let census = stillKept { return census }
        if isAhead, let last { return try await last.value }
        let former = last
        let next = Task {
            _ = await former?.result
            return try await self.begin(count)
        }
        (last, isAhead) = (next, true)
        return try await next.value
    }

    private func begin(
        _ count: @Sendable () async throws -> (Census, took: Duration)
    ) async throws -> Census {
        isAhead = false
        if let census = stillKept { return census }
        let (census, took) = try await count()
        if took >= Self.cheap {
            kept = (census, .now + min(took * Self.keptTimes, Self.keptMax))
        }
        return census
    }

    private var stillKept: Census? {
        guard let kept, .now < kept.until else { return nil }
        return kept.census
    }
}

extension Agent {
    func census(at now: Timestamp) async throws(AgentError) -> Census {
        let (store, index) = (store, index)
        do {
            return try await censuses.census {
                try await store.read { reader in
                    let begun = clinux_thread_microseconds()
                    let (live, revoked) = index.counts
                    let census = Census(
                        tokens: try reader.tokensByState(live: live, revoked: revoked, now: now),
                        people: try reader.peopleCount())
                    return (census, took: .microseconds(clinux_thread_microseconds() - begun))
                }
            }
        } catch {
            throw AgentError(error)
        }
    }
}
