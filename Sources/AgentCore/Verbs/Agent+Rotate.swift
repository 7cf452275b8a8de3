package import TokenCore
import TokenStorage

package struct RotateRequest: Hashable, Sendable {
    package var id: UserCode
    /// How long the old secret stays good.
    package var grace: TimeSpan
    package var idempotencyKey: String?

    package init(id: UserCode, grace: TimeSpan = .zero, idempotencyKey: String? = nil) {
        self.id = id
        self.grace = grace
        self.idempotencyKey = idempotencyKey
    }
}

extension Agent {
    /// Gives a token a new secret. Its id, terms and history stay.
    package func rotate(_ request: RotateRequest, _ right: TokenRight) async throws(AgentError) -> IssuedToken
    {
        let now = clock()
        let key = key
        let ticket = Ticket(request.idempotencyKey, by: right.by, method: "token.rotate", of: request)
        return try await mutate { writer in
            if let ticket, let earlier = try writer.redeem(ticket, with: key, at: now) { return earlier }
            var record = try writer.liveToken(request.id, right)
            var generator = KernelRandom()
            let passCode = PassCode.random(for: record.id, using: &generator)
            record.previous =
                request.grace > .zero
                ? PreviousSecret(secret: record.secret, until: now + request.grace) : nil
            record.secret = passCode.digest
            if record.retrievable {
                record.sealed = try key.seal(passCode, of: record.id, owner: record.owner)
            }
            record.updatedAt = now
            try writer.update(record)
            let detail = "grace \(Int(request.grace.seconds)) s"
            try writer.append(.of(record, .tokenRotated, at: now, by: right.by, detail: detail))
            let issued = IssuedToken(token: try writer.reader.view(record, at: now), passCode: passCode)
            if let ticket { try writer.keep(ticket, issued: issued, key: key, at: now) }
            return issued
        }
    }

    /// The secret of a retrievable token. The look at it is on record.
    package func reveal(_ id: UserCode, _ right: TokenRight) async throws(AgentError) -> IssuedToken {
        let now = clock()
        let key = key
        return try await mutate { writer in
            let record = try writer.liveToken(id, right)
            guard let sealed = record.sealed else {
                throw AgentError.conflict(
                    .notRetrievable, "token \(id) was made without `retrievable`: only its hash is kept")
            }
            let passCode = try key.open(sealed, of: record.id, owner: record.owner)
            try writer.append(.of(record, .tokenRevealed, at: now, by: right.by))
            return IssuedToken(token: try writer.reader.view(record, at: now), passCode: passCode)
        }
    }
}
