package import TokenCore

package struct SyncRequest: Hashable, Sendable {
    package enum Mode: Hashable, Sendable {
        /// Everybody is read.
        case full
        /// What changed since the last time; everybody, where that cannot be told.
        case changes
    }

    package var mode = Mode.full
    /// nil is every directory.
    package var source: String?
    package var dryRun: Bool
    /// The id of a held plan to be applied, exactly and once.
    package var approve: String?

    package init(source: String? = nil, dryRun: Bool = false, approve: String? = nil) {
        self.source = source
        self.dryRun = dryRun
        self.approve = approve
    }
}

/// What one reading of one source found and did.
package struct SyncReport: Hashable, Sendable {
    package var source: String
    package var method: String = "full"
    /// Whether the reading was complete. What follows is zero when it was not.
    package var complete = false
    package var people = 0
    package var added = 0
    package var changed = 0
    /// Owners confirmed gone.
    package var gone = 0
    /// Owners who are still there, but not among the people any more.
    package var missing = 0
    /// Owners who were not seen and could not be asked about: they stay as they are.
    package var unconfirmed = 0
    /// People newly disabled.
    package var disabled = 0
    package var held: HeldPlan?
    package var dryRun = false
    package var span = TimeSpan.zero
    /// Why it is not complete, or which part of it could not be confirmed.
    package var error: String?

    init(source: String) { self.source = source }

    /// Of one that did not begin: it leaves no trace.
    static func calledOff(_ source: String, _ request: SyncRequest) -> SyncReport {
        var report = SyncReport(source: source)
        report.dryRun = request.dryRun
        report.error = "\(DirectoryError.cancelled)"
        return report
    }

    /// Whether its effects are in force.
    package var accepted: Bool { complete && held == nil && !dryRun }
}
