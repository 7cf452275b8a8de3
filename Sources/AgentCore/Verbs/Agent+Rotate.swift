package import TokenCore
import TokenStorage

package struct RotateRequest: Sendable {
    package var id: UserCode
    /// How long the old secret stays good.
    package var grace: TimeSpan
    /// Whether its life begins anew.
    package var renew: Bool
    /// The secret that it is to have still.
    package var current: SecretDigest?
    /// What changes of its terms besides.
    package var change: UpdateRequest?
    package var idempotencyKey: String?

    package init(
        id: UserCode, grace: TimeSpan = .zero, renew: Bool = false, current: SecretDigest? = nil,
        change: UpdateRequest? = nil, idempotencyKey: String? = nil
    ) {
        self.id = id
        self.grace = grace
        self.renew = renew
        self.current = current
        self.change = change
        self.idempotencyKey = idempotencyKey
    }
}

extension Agent {
    /// Gives a token a new secret. Its id, rights and history stay, but for what `change` says, under the
    /// rules of `update`; renewed, it is as good as made anew.
    package func rotate(_ request: RotateRequest, _ right: TokenRight) async throws(AgentError) -> IssuedToken
    {
        let time = GrantTime(self)
        let now = time.granting
        try AgentError.refuseToken(in: request.idempotencyKey, member: "idempotency_key")
        let (keys, rules) = (keys, settings.tokens)
        if let change = request.change { try change.check(rules, at: now) }
        let ticket = Ticket(
            request.idempotencyKey, by: right.by, method: "token.rotate", of: request, secret: request.current
        )
        return try await mutate(by: right) { writer in
            // First: to whom the token is not there, it has no earlier answer either.
            var record = try writer.liveToken(request.id, right)
            if let ticket, let earlier = try writer.redeem(ticket, right, with: keys, at: time) {
                return earlier
            }
            if let current = request.current, current != record.secret {
                throw AgentError.conflict(
                    .tokenChanged, "token \(record.id) has another secret than `current_token` by now")
            }
            if let change = request.change {
                record = try writer.update(record, change, right, at: now)
            }
            var generator = KernelRandom()
            let passCode = PassCode.random(for: record.id, using: &generator)
            record.previous =
                request.grace > .zero
                ? PreviousSecret(
                    secret: record.secret, until: try time.end(of: request.grace, member: "grace_s")) : nil
            record.secret = passCode.digest
            if record.retrievable {
                record.sealed = try keys.seal(passCode, of: record.id, owner: record.owner)
            }
            var detail = "grace \(Int(request.grace.seconds)) s"
            if request.renew {
                try record.renew(within: rules, right, at: time)
                let span = record.expiresAt.map { "for \(Int(($0 - record.createdAt).seconds)) s" }
                detail += ", renewed \(span ?? "without an end")"
            }
            record.updatedAt = now
            try writer.update(record)
            try writer.append(.of(record, .tokenRotated, at: now, by: right.by, detail: detail))
            let issued = IssuedToken(token: try writer.reader.view(record, at: time.now), passCode: passCode)
            if let ticket { try writer.keep(ticket, issued: issued, keys: keys, at: time) }
            return issued
        }
    }

    /// The secret of a retrievable token. The look at it is on record.
    package func reveal(_ id: UserCode, _ right: TokenRight) async throws(AgentError) -> IssuedToken {
        let time = GrantTime(self)
        let keys = keys
        return try await mutate(by: right) { writer in
            let record = try writer.liveToken(id, right)
            guard let sealed = record.sealed else {
                throw AgentError.conflict(
                    .notRetrievable, "token \(id) was made without `retrievable`: only its hash is kept")
            }
            let passCode = try keys.open(sealed, of: record.id, owner: record.owner)
            try writer.append(.of(record, .tokenRevealed, at: time.granting, by: right.by))
            return IssuedToken(token: try writer.reader.view(record, at: time.now), passCode: passCode)
        }
    }
}

extension TokenRecord {
    /// As long from now as it was made for, and made now: so that it can be renewed again for as long.
    ///
    /// An expiry before the token was made is no lifetime: then what a new token gets, which is for admins to
    /// give. Owners who set such an expiry would else have a longer life than they were given.
    fileprivate mutating func renew(
        within rules: TokenRules, _ right: TokenRight, at time: GrantTime
    ) throws(AgentError) {
        if let end = expiresAt {
            let lifetime = end > createdAt ? end - createdAt : nil
            guard lifetime != nil || right.reach == .everyone else {
                throw .notPermitted(
                    "the token's expiry lies before it was made, and how long it is to last from now on an "
                        + "admin has to say")
            }
            expiresAt = try time.expiry(in: lifetime ?? rules.defaultExpiry)
            try rules.check(expiresAt, at: time.granting)
        }
        createdAt = time.granting
    }
}
