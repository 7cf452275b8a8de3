import TokenCore
import TokenStorage

package struct ForgetReport: Hashable, Sendable {
    package var source: String
    package var dryRun: Bool
    /// Who was known of it.
    package var people = 0
    /// How many of their tokens were purged.
    package var purged = 0
}

extension Agent {
    /// Ends what is left of a directory that is configured no more: its tokens become tombstones, its
    /// people are dropped. In parts, so that others' changes wait for one of them at most; what breaks off
    /// is gone on with by the next call. `conflict` while the directory is configured, `notFound` when
    /// nothing is known of it.
    package func forget(
        source: String, dryRun: Bool, _ right: AdminRight
    ) async throws(AgentError) -> ForgetReport {
        try AgentError.refuseToken(in: source, member: "source")
        guard !sync.names.contains(source) else {
            throw .conflict(
                .stillConfigured, "“\(source)” is configured: take it out of the configuration first")
        }
        let isKnown = try await read { reader in
            try reader.sourceState(source) != nil
                || reader.people(PersonQuery(source: source, limit: 1)).first != nil
        }
        guard isKnown else { throw .notFound("nothing is known of a directory “\(source)”") }
        var report = ForgetReport(source: source, dryRun: dryRun)
        let now = granting()
        let index = index
        var last: OwnerID?
        while true {
            let after = last
            let part =
                dryRun
                ? try await read { try $0.part(of: source, after: after) }
                : try await mutate(by: right) {
                    try $0.forgetPart(of: source, after: after, index, at: now, by: right.by)
                }
            report.people += part.people
            report.purged += part.tokens
            guard let next = part.last else { break }
            last = next
        }
        if !dryRun {
            try await mutate(by: right) { writer in
                try writer.dropHeldPlan(source: source)
                try writer.forgetSource(source)
            }
            measures.purged(report.purged, .forgotten)
        }
        return report
    }
}

/// Some of the people of a source.
private struct SourcePart: Sendable {
    var people = 0
    var tokens = 0
    /// nil when there was nobody left.
    var last: OwnerID?

    static let peopleMax = 256
}

extension StoreReader {
    fileprivate func part(of source: String, after: OwnerID?) throws -> SourcePart {
        let people = try people(PersonQuery(source: source, after: after, limit: SourcePart.peopleMax))
        return SourcePart(
            people: people.count, tokens: try people.reduce(0) { try $0 + tokenCount(owner: $1.id) },
            last: people.last?.id)
    }
}

extension StoreWriter {
    fileprivate mutating func forgetPart(
        of source: String, after: OwnerID?, _ index: TokenIndex, at now: Timestamp, by: Author
    ) throws -> SourcePart {
        let people = try reader.people(
            PersonQuery(source: source, after: after, limit: SourcePart.peopleMax))
        var part = SourcePart(people: people.count, last: people.last?.id)
        for person in people {
            let tokens = try reader.tokens(of: person.id, limit: .max).filter { $0.ending == nil }
            for token in tokens {
                try purge(
                    token.used(index.lastUse(of: token.id)), at: now, by: by,
                    reason: "the directory \(source) is forgotten")
            }
            part.tokens += tokens.count
            try forgetOrMiss(person.id, at: now)
        }
        return part
    }
}
