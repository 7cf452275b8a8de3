package import TokenCore
import TokenStorage

extension Agent {
    /// Ends a token for good: every verify that starts after this returns refuses it. Revoking twice is no
    /// error.
    package func revoke(
        _ id: UserCode, reason: String?, _ right: TokenRight
    ) async throws(AgentError) -> TokenView {
        try await end(reason: reason, by: right.by) { [bearer = right.bearer, clock] writer in
            try writer.confirm(bearer, at: clock())
            return try writer.reader.token(id, right)
        }
    }

    /// The same by the token itself: whoever holds one may end it, whatever else it may
    /// (RFC 7009 section 2.1), also while its owner is suspended. `notFound` for a wrong secret.
    package func revoke(
        _ presented: PresentedToken, reason: String?, by: Author
    ) async throws(AgentError) -> TokenView {
        let now = clock()
        guard let facts = index.facts(of: presented.userCode), facts.accepts(presented.digest, at: now) else {
            throw .noSuchSecret
        }
        return try await end(reason: reason, by: by) { writer in
            guard let record = try writer.reader.token(presented.userCode),
                record.facts.accepts(presented.digest, at: now)
            else { throw AgentError.noSuchSecret }
            return record
        }
    }

    private func end(
        reason: String?, by: Author, _ find: @escaping @Sendable (borrowing StoreWriter) throws -> TokenRecord
    ) async throws(AgentError) -> TokenView {
        let time = GrantTime(self)
        try AgentError.refuseToken(in: reason, member: "reason")
        let view = try await mutate { writer in
            var record = try find(writer)
            guard record.ending == nil else { return try writer.reader.view(record, at: time.now) }
            let end = time.granting
            record.ending = Ending(kind: .revoked, at: end, reason: reason ?? "")
            record.previous = nil
            record.updatedAt = end
            try writer.update(record)
            try writer.append(.of(record, .tokenRevoked, at: end, by: by, detail: reason ?? ""))
            return try writer.reader.view(record, at: time.now)
        }
        return withUse(view)
    }

    /// Brings a revoked or purged token back from its tombstone.
    package func restore(_ id: UserCode, _ right: AdminRight) async throws(AgentError) -> TokenView {
        let time = GrantTime(self)
        let view = try await mutate(by: right) { writer in
            guard var record = try writer.reader.token(id) else {
                throw AgentError.notFound("there is no token \(id), nor a tombstone of it")
            }
            guard let ending = record.ending else { return try writer.reader.view(record, at: time.now) }
            let other = try writer.reader.liveToken(
                owner: record.owner, audience: record.audience, name: record.name)
            if let other { throw StoreWriter.nameTaken(by: other) }
            record.ending = nil
            record.updatedAt = time.granting
            try writer.update(record)
            let detail = "was \(ending.kind.rawValue)"
            try writer.append(
                .of(record, .tokenRestored, at: time.granting, by: right.by, detail: detail))
            return try writer.reader.view(record, at: time.now)
        }
        return withUse(view)
    }
}
