package import TokenCore
import TokenStorage

/// What is to change of a token. nil stays as it is.
package struct UpdateRequest: Hashable, Sendable {
    package enum ExpiryChange: Hashable, Sendable {
        case keep
        case clear
        case set(Timestamp)
    }

    package var id: UserCode
    package var write: Bool?
    package var flags: [String]?
    package var name: String?
    package var expiry: ExpiryChange

    package init(id: UserCode) {
        self.id = id
        expiry = .keep
    }
}

extension Agent {
    /// Changes a token's terms. Who is not an admin may only narrow them.
    package func update(_ request: UpdateRequest, _ right: TokenRight) async throws(AgentError) -> TokenView {
        let time = GrantTime(self)
        let now = time.granting
        try request.check(settings.tokens, at: now)
        let view = try await mutate(by: right) { writer in
            let new = try writer.update(try writer.liveToken(request.id, right), request, right, at: now)
            return try writer.reader.view(new, at: time.now)
        }
        return withUse(view)
    }
}

extension UpdateRequest {
    /// What can be said without the token.
    func check(_ rules: TokenRules, at now: Timestamp) throws(AgentError) {
        try AgentError.refuseToken(in: name, member: "name")
        try AgentError.refuseToken(in: flags, member: "flags")
        switch expiry {
        case .keep: break
        case .clear: try rules.check(nil, at: now)
        case .set(let time): try rules.check(time, at: now)
        }
    }
}

extension StoreWriter {
    /// The token with its terms changed, written and on record. The same as before, and nothing written,
    /// where they are so already.
    mutating func update(
        _ old: TokenRecord, _ request: UpdateRequest, _ right: TokenRight, at now: Timestamp
    ) throws -> TokenRecord {
        let new = old.applying(request, at: now)
        let differences = new.differences(from: old)
        // Else whoever may ask could write to the disk and the audit trail for ever.
        guard !differences.isEmpty else { return old }
        if right.reach != .everyone, let wider = new.widening(of: old) {
            throw AgentError.notPermitted(
                "one's own token can only be narrowed, and \(wider) would widen it")
        }
        if Spelling(new.name) != Spelling(old.name),
            let other = try reader.liveToken(owner: new.owner, audience: new.audience, name: new.name)
        {
            throw StoreWriter.nameTaken(by: other)
        }
        try update(new)
        let detail = differences.joined(separator: ", ")
        try append(.of(new, .tokenUpdated, at: now, by: right.by, detail: detail))
        return new
    }

    /// A token that has not ended, if the right reaches it.
    func liveToken(_ id: UserCode, _ right: TokenRight) throws -> TokenRecord {
        let record = try reader.token(id, right)
        if let ending = record.ending {
            throw AgentError.conflict(.tokenEnded, "token \(id) is \(ending.kind.rawValue)")
        }
        return record
    }
}

extension TokenRecord {
    func applying(_ request: UpdateRequest, at now: Timestamp) -> TokenRecord {
        var new = self
        new.write = request.write ?? write
        new.flags = request.flags ?? flags
        new.name = request.name ?? name
        switch request.expiry {
        case .keep: break
        case .clear: new.expiresAt = nil
        case .set(let time): new.expiresAt = time
        }
        new.updatedAt = now
        return new
    }

    /// The member by which this grants more than `old`; nil when it grants no more.
    func widening(of old: TokenRecord) -> String? {
        if write && !old.write { return "write" }
        if !Set(flags.map(Spelling.init)).isSubset(of: old.flags.map(Spelling.init)) { return "flags" }
        if (expiresAt ?? .distantFuture) > (old.expiresAt ?? .distantFuture) { return "expires_at" }
        return nil
    }

    /// The names of the members that differ, for the audit trail. By their spelling, as they are verified.
    func differences(from old: TokenRecord) -> [String] {
        var names: [String] = []
        if write != old.write { names.append("write \(write)") }
        if flags.map(Spelling.init) != old.flags.map(Spelling.init) {
            names.append("flags [\(flags.joined(separator: " "))]")
        }
        if Spelling(name) != Spelling(old.name) { names.append("name \(name)") }
        if expiresAt != old.expiresAt { names.append(expiresAt == nil ? "no expiry" : "another expiry") }
        return names
    }
}
