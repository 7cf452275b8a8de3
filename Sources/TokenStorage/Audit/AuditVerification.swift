/// Whether the audit trail is as it was written.
package enum AuditVerification: Hashable, Sendable {
    /// `head` is the last line's hash: kept outside, it also shows a trail that was rewritten as a whole.
    case intact(lines: Int64, head: [UInt8])
    /// The first line that was changed, or is missing.
    case broken(seq: Int64)
}
