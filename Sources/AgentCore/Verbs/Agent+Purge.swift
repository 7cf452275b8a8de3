package import TokenCore
import TokenStorage

package struct PurgeRequest: Hashable, Sendable {
    package var dryRun: Bool
    /// Purge exactly what the dry run of this plan showed, or nothing.
    package var plan: String?
    /// Only tokens of this source.
    package var source: String?

    package init(dryRun: Bool = false, plan: String? = nil, source: String? = nil) {
        self.dryRun = dryRun
        self.plan = plan
        self.source = source
    }
}

package struct PurgedToken: Hashable, Sendable {
    package var token: UserCode
    package var owner: OwnerID
    package var login: String
    package var email: String?
    package var audience: String
    package var reason: String
    /// Since when the owner is gone.
    package var since: Timestamp
}

package struct PurgeReport: Sendable {
    /// The hash of what is purged.
    package var plan: String
    package var dryRun: Bool
    package var purged: [PurgedToken]
    /// The plan that a directory's guard holds; then nothing is purged.
    package var held: HeldPlan?
}

extension Agent {
    /// Deletes all obsolete tokens and leaves tombstones. Deletes nothing while a guard holds a plan of
    /// these directories: what is obsolete may then be about to be judged anew.
    package func purge(_ request: PurgeRequest, _ right: AdminRight) async throws(AgentError) -> PurgeReport {
        try await purge(request, goneBefore: .distantFuture, by: right.by)
    }

    func purge(
        _ request: PurgeRequest, goneBefore: Timestamp, by: Author
    ) async throws(AgentError) -> PurgeReport {
        let now = clock()
        let index = index
        try AgentError.refuseToken(in: request.plan, member: "plan")
        // A directory that is no longer configured can neither be read nor approved: its plan holds nothing
        // up.
        let sources = try sync.selected(request.source).map(\.source.name)
        let report = try await mutate { writer in
            let obsolete = try writer.reader.obsoleteTokens(
                source: request.source, ownersGoneBefore: goneBefore, limit: .max)
            let plan = ContentHash.short(["purge"] + obsolete.map { "\($0.0.id)" }.sorted())
            let held = try writer.reader.heldPlans().first { sources.contains($0.hold.plan.source) }
            if let held { return PurgeReport(plan: plan, dryRun: request.dryRun, purged: [], held: held) }
            // Where nothing is left, what was planned is done.
            if let expected = request.plan, expected != plan, !obsolete.isEmpty {
                throw AgentError.held(
                    plan: plan, "what is obsolete has changed: the plan is now \(plan), not \(expected)")
            }
            if !request.dryRun {
                for (token, owner) in obsolete {
                    let used = token.used(index.lastUse(of: token.id))
                    try writer.purge(used, of: owner, at: now, by: by)
                }
            }
            let purged = obsolete.map { PurgedToken($0.0, $0.1) }
            return PurgeReport(plan: plan, dryRun: request.dryRun, purged: purged, held: nil)
        }
        if !report.dryRun { measures.purged(report.purged.count, .obsolete) }
        return report
    }

    /// The token that somebody has just tried, if it still is obsolete. False when it is not.
    func purgeTried(_ id: UserCode) async throws(AgentError) -> Bool {
        let now = clock()
        let index = index
        let isPurged = try await mutate { writer in
            guard let token = try writer.reader.token(id), token.ending == nil,
                let owner = try writer.reader.person(token.owner), owner.standing == .gone
            else { return false }
            let used = token.used(index.lastUse(of: id))
            try writer.purge(used, of: owner, at: now, by: "its use")
            return true
        }
        if isPurged { measures.purged(1, .tried) }
        return isPurged
    }
}

extension PurgedToken {
    init(_ token: TokenRecord, _ owner: PersonRecord) {
        self.init(
            token: token.id, owner: owner.id, login: owner.person.login, email: owner.person.email,
            audience: token.audience, reason: owner.evidence?.rawValue ?? owner.standing.rawValue,
            since: owner.since)
    }
}

extension TokenRecord {
    /// With a use that may not have reached the store yet, and would be lost with the index's entry.
    func used(_ latest: Timestamp?) -> TokenRecord {
        var token = self
        token.lastUsedAt = [lastUsedAt, latest].compactMap { $0 }.max()
        return token
    }
}

extension StoreWriter {
    mutating func purge(_ token: TokenRecord, of owner: PersonRecord, at now: Timestamp, by: Author) throws {
        let reason = "owner \(owner.standing.rawValue): \(owner.evidence?.rawValue ?? "")"
        try purge(token, at: now, by: by, reason: reason)
    }

    mutating func purge(_ token: TokenRecord, at now: Timestamp, by: Author, reason: String) throws {
        var token = token
        token.ending = Ending(kind: .purged, at: now, reason: reason)
        token.previous = nil
        token.updatedAt = now
        try update(token)
        try append(.of(token, .tokenPurged, at: now, by: by, detail: reason))
    }
}
