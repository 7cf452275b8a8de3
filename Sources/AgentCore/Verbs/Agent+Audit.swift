package import TokenCore
import TokenStorage

/// Which lines of the audit trail are asked for.
package struct AuditRequest: Hashable, Sendable {
    package var token: UserCode?
    package var user: OwnerQuery?
    package var kind: AuditEvent.Kind?
    package var by: String?
    package var since: Timestamp?
    package var after: Int64?
    package var before: Int64?
    package var limit: Int

    package init(limit: Int) { self.limit = limit }
}

/// Lines of the trail, oldest first, and where the trail ended when they were read.
package struct AuditPage: Sendable {
    package let lines: [TrailLine]
    package let head: AuditHead
    /// Of the people whom the lines are about, as they are known now.
    package let logins: [OwnerID: String]
}

/// Whether the trail is as it was written.
package struct AuditCheck: Hashable, Sendable {
    /// As far as it holds together.
    package let lines: Int64
    package let head: AuditHead
    /// The first line that was changed or is missing.
    package let brokenAt: Int64?
    /// Heads that were noted or given, and that the trail does not go through.
    package let missing: [AuditHead]

    package var isIntact: Bool { brokenAt == nil && missing.isEmpty }
}

extension Agent {
    package func audit(_ request: AuditRequest, _: AdminRight) async throws(AgentError) -> AuditPage {
        try await read { reader in
            var query = AuditQuery(limit: request.limit)
            query.token = request.token
            query.owners = try request.user.map { user in
                let owners = try reader.everyOwner(user)
                guard !owners.isEmpty else { throw AgentError.notFound("nobody known is \(user)") }
                return owners
            }
            query.kind = request.kind
            query.by = request.by
            query.since = request.since
            query.after = request.after
            query.before = request.before
            let lines = try reader.audit(query)
            var logins: [OwnerID: String] = [:]
            for owner in Set(lines.compactMap(\.event.owner)) where !owner.isService {
                logins[owner] = try reader.person(owner)?.person.login
            }
            return AuditPage(lines: lines, head: try reader.auditHead, logins: logins)
        }
    }

    /// Follows the whole trail, and looks for what was noted of it beside the database, and for `head`.
    package func verifyAudit(
        against head: AuditHead?, _: AdminRight
    ) async throws(AgentError) -> AuditCheck {
        let path = store.path
        return try await read { reader in
            // Every note is older than this snapshot, or it is of another trail.
            let noted = try AuditHeadFile.read(beside: path)
            let missing = try [noted, head].compactMap(\.self).filter { try !reader.hasAudit($0) }
            switch try reader.verifyAudit() {
            case .intact(let lines, let hash):
                return AuditCheck(
                    lines: lines, head: AuditHead(seq: lines, hash: hash), brokenAt: nil, missing: missing)
            case .broken(let seq):
                return AuditCheck(
                    lines: seq - 1, head: try reader.auditHead, brokenAt: seq, missing: missing)
            }
        }
    }
}

extension StoreReader {
    /// Everybody a query may mean, also who is gone.
    fileprivate func everyOwner(_ query: OwnerQuery) throws -> [OwnerID] {
        switch query {
        case .id(let owner): return [owner]
        case .label(let label):
            let people =
                try people(login: label, source: nil, includingGone: true)
                + people(email: label, source: nil, includingGone: true)
            return Set(people.map(\.id)).sorted()
        }
    }
}
