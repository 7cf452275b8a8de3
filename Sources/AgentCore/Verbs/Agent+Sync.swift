import Logging
import TokenCore
import TokenStorage

extension Agent {
    /// Reads the directories, all or one. With several, one that cannot be read is a report that says so;
    /// when none can be read that is `directoryUnavailable`.
    package func sync(_ request: SyncRequest, _ right: AdminRight) async throws(AgentError) -> [SyncReport] {
        try await sync(request, by: right.by)
    }

    func sync(_ request: SyncRequest, by: Author) async throws(AgentError) -> [SyncReport] {
        let chosen = try await chosen(request)
        var reports: [SyncReport] = []
        for directory in chosen {
            let filters = settings.access.directoryFilters
            var report = try await sync.read(directory, request, filters: filters, by: by)
            if report.accepted {
                // The reading is in force whatever comes of the purge.
                do { try await purgeAfter(report) } catch {
                    report.error = "the reading is applied, but auto-purge failed: \(error)"
                    logger.warning(
                        "auto-purge failed; it is tried again after the next reading",
                        metadata: ["source": "\(report.source)", "error": "\(error)"])
                }
            }
            reports.append(report)
        }
        if !reports.isEmpty, reports.allSatisfy({ !$0.complete }) {
            let errors = reports.map { "\($0.source): \($0.error ?? "")" }
            throw .directoryUnavailable(errors.joined(separator: "; "))
        }
        return reports
    }

    /// An approval concerns the one source whose plan it is.
    private func chosen(_ request: SyncRequest) async throws(AgentError) -> [DirectorySettings] {
        guard let approve = request.approve, request.source == nil else {
            return try sync.selected(request.source)
        }
        try AgentError.refuseToken(in: approve, member: "approve")
        let plans = try await read { try $0.heldPlans() }
        guard let held = plans.first(where: { $0.hold.plan.id == approve }) else {
            throw .notFound("no plan \(approve) is held")
        }
        try held.checkNotExpired(at: granting())
        return try sync.selected(held.hold.plan.source)
    }

    /// Auto-purge: of those who were confirmed gone longer ago than the grace.
    private func purgeAfter(_ report: SyncReport) async throws(AgentError) {
        let rules = settings.purge
        guard rules.auto else { return }
        // Whether the grace is over is for the clock to say, which is in doubt.
        guard !guardedClock.isAhead else { return }
        // A grace of zero includes whom this very reading found gone.
        let goneBefore = clock() - rules.grace + .milliseconds(1)
        let purged = try await purge(
            PurgeRequest(source: report.source), goneBefore: goneBefore, by: "auto-purge")
        if purged.count > 0 {
            logger.notice(
                "purged obsolete tokens",
                metadata: ["source": "\(report.source)", "tokens": "\(purged.count)"])
        }
    }
}
