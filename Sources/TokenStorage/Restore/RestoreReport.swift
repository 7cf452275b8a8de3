package import TokenCore

/// How a backup is to be restored.
package struct RestoreOptions: Sendable {
    /// What is to happen to tokens that may have been revoked after the backup, when the database in place
    /// does not tell.
    package enum Unknown: Hashable, Sendable {
        /// Tokens whose secret was drawn before this time are revoked. Also when all is known.
        case revokeIssued(before: Timestamp)
        /// They are good again. Somebody has to say so.
        case accept
    }

    package var unknown: Unknown?
    package var acceptBrokenAudit = false
    /// Says what would happen, and changes nothing.
    package var dryRun = false
    package var now: Timestamp
    /// Who does it, for the audit trail.
    package var by: Author

    package init(now: Timestamp, by: Author) {
        self.now = now
        self.by = by
    }
}

/// What a restored backup is, and what of the time after it was kept.
package struct RestoreReport: Hashable, Sendable {
    package var backup: BackupFacts
    /// Why not all is known of the time after the backup; nil when it is.
    package var loss: TrailLoss?
    /// Audit lines after the backup's last that were carried over.
    package var linesKept = 0
    /// Revoked or purged since: stay so.
    package var ended: [UserCode] = []
    /// Rotated or changed since: are as they were last.
    package var carriedOver: [UserCode] = []
    /// Revoked by restoring: their last state is lost, or they were issued before the time that was given.
    package var revoked: [UserCode] = []
    /// Neither revoked nor purged now: where not all is known, any of them may have been since the backup.
    package var live = 0
    /// Made since: known no more.
    package var forgotten: [UserCode] = []
    /// People whose standing was carried over.
    package var people = 0
    /// Where the former database is now; nil when there was none.
    package var former: String?
    /// Of the restored database.
    package var revision: Int64 = 0
}
