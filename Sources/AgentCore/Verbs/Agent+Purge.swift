import TokenCore
import TokenStorage

extension Agent {
    /// How many tokens one mutation of many takes: others' mutations wait for one such part at most.
    static let partTokens = 256

    /// Deletes all obsolete tokens and leaves tombstones. Deletes nothing while a guard holds a plan of
    /// these directories: what is obsolete may then be about to be judged anew.
    ///
    /// In parts: each is durable by itself, and one that finds a plan held is the last.
    package func purge(_ request: PurgeRequest, _ right: AdminRight) async throws(AgentError) -> PurgeReport {
        try await purge(request, goneBefore: .distantFuture, by: right.by)
    }

    func purge(
        _ request: PurgeRequest, goneBefore: Timestamp, by: Author
    ) async throws(AgentError) -> PurgeReport {
        try AgentError.refuseToken(in: request.plan, member: "plan")
        // A directory that is no longer configured can neither be read nor approved: its plan holds nothing
        // up.
        let terms = PurgeTerms(
            request: request, goneBefore: goneBefore,
            sources: try sync.selected(request.source).map(\.source.name), now: granting(), by: by)
        let (ids, report) = try await read { try terms.look($0) }
        guard report.held == nil else { return report }
        // Where nothing is left, what was planned is done.
        if let expected = request.plan, expected != report.plan, !ids.isEmpty {
            throw AgentError.held(
                plan: report.plan,
                "what is obsolete has changed: the plan is now \(report.plan), not \(expected)")
        }
        return request.dryRun ? report : try await purge(ids, terms, report)
    }

    private func purge(
        _ ids: [UserCode], _ terms: PurgeTerms, _ begun: PurgeReport
    ) async throws(AgentError) -> PurgeReport {
        var report = begun
        var rest = ids[...]
        while !rest.isEmpty, !report.isOver {
            guard !Task.isCancelled else {
                report.stopped = "it was called off"
                break
            }
            let (part, index) = (rest.prefix(Self.partTokens), index)
            let done = try await mutate { writer in try terms.purge(part, index, in: &writer) }
            measures.purged(done.purged.count, .obsolete)
            report.add(done, listedMax: terms.request.listedMax)
            rest = rest.dropFirst(part.count)
        }
        return report
    }

    /// The token that somebody has just tried, if it still is obsolete. False when it is not.
    func purgeTried(_ id: UserCode) async throws(AgentError) -> Bool {
        let now = granting()
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
