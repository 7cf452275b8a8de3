/// An event where it stands in the chain.
package struct TrailLine: Hashable, Sendable {
    package var head: AuditHead
    package var event: AuditEvent

    package init(head: AuditHead, event: AuditEvent) {
        self.head = head
        self.event = event
    }
}
