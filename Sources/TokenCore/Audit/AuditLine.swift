/// One line of the audit trail as it was written, with its number: the revision it made.
package struct AuditLine: Hashable, Sendable {
    package var revision: Int64
    package var event: AuditEvent

    package init(revision: Int64, event: AuditEvent) {
        self.revision = revision
        self.event = event
    }
}
