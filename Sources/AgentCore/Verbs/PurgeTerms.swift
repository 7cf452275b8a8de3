import TokenCore
import TokenStorage

/// What one purge is to take, by whom and when.
struct PurgeTerms: Sendable {
    let request: PurgeRequest
    /// Only tokens of owners who have been gone since before.
    let goneBefore: Timestamp
    /// The directories whose held plans hold it up.
    let sources: [String]
    let now: Timestamp
    let by: Author

    /// All that is obsolete, and what a dry run says of it.
    func look(_ reader: StoreReader) throws -> (ids: [UserCode], report: PurgeReport) {
        let ids = try reader.obsoleteIDs(source: request.source, ownersGoneBefore: goneBefore)
        let plan = ContentHash.short(["purge"] + ids.map { "\($0)" }.sorted())
        var report = PurgeReport(plan: plan, dryRun: request.dryRun)
        report.held = try held(reader)
        guard report.held == nil, request.dryRun else { return (ids, report) }
        report.count = ids.count
        report.purged = try reader.obsoleteTokens(
            source: request.source, ownersGoneBefore: goneBefore, limit: request.listedMax
        ).map { PurgedToken($0, $1) }
        return (ids, report)
    }

    /// Looks at each once more: since the purge began it may have ended, or its owner may be back.
    func purge(
        _ ids: ArraySlice<UserCode>, _ index: TokenIndex, in writer: inout StoreWriter
    ) throws -> PurgePart {
        var part = PurgePart()
        part.held = try held(writer.reader)
        guard part.held == nil else { return part }
        for id in ids {
            guard let token = try writer.reader.token(id), token.ending == nil else { continue }
            guard let owner = try writer.reader.person(token.owner), isObsolete(token, owner) else {
                guard let plan = request.plan else { continue }
                part.stopped = "token \(id) is no longer obsolete, and so the plan \(plan) no longer holds"
                return part
            }
            try writer.purge(token.used(index.lastUse(of: id)), of: owner, at: now, by: by)
            part.purged.append(PurgedToken(token, owner))
        }
        return part
    }

    private func isObsolete(_ token: TokenRecord, _ owner: PersonRecord) -> Bool {
        owner.standing == .gone && owner.since < goneBefore && token.updatedAt < goneBefore
    }

    private func held(_ reader: StoreReader) throws -> HeldPlan? {
        try reader.heldPlans().first { sources.contains($0.hold.plan.source) }
    }
}
