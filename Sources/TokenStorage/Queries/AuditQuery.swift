package import TokenCore

/// Which lines of the trail. All conditions that are given have to hold.
package struct AuditQuery: Hashable, Sendable {
    package var token: UserCode?
    /// Lines about any of these, or about tokens of theirs.
    package var owners: [OwnerID]?
    package var kind: AuditEvent.Kind?
    /// A part of who did it.
    package var by: String?
    /// Inclusive.
    package var since: Timestamp?
    /// The first lines after this one; otherwise the last ones there are.
    package var after: Int64?
    /// Only lines before this one.
    package var before: Int64?
    package var limit: Int

    package init(limit: Int) { self.limit = limit }
}
