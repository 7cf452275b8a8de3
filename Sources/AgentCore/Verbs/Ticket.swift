import TokenCore
import TokenStorage

/// An `idempotency_key` and what it was used for: so that a lost answer can be asked for again.
///
/// The secret is kept for it, sealed, for `keptFor`; after that only its hash is left, as of any other token.
struct Ticket: Hashable, Sendable {
    static let keptFor = TimeSpan.hours(1)

    let key: String
    /// Keys of different callers are different keys.
    let scope: String
    let method: String
    let digest: [UInt8]

    /// nil without a key. `request` is whatever tells two requests apart; `secret` besides, which does not
    /// say in a text what it is.
    init?(
        _ key: String?, by author: Author, method: String, of request: some Sendable,
        secret: SecretDigest? = nil
    ) {
        guard let key else { return nil }
        self.key = key
        scope = author.name
        self.method = method
        let secrets = [secret].compactMap(\.self).map { Hex.encode($0.bytes) }
        digest = ContentHash.bytes([method, String(describing: request)] + secrets)
    }

    static let usedOtherwise = AgentError.conflict(
        .keyReused, "this idempotency_key was used for another request")
}

extension StoreWriter {
    /// The answer given earlier under this key, or nil when there was none.
    ///
    /// A key is its author's by their name, which may be another person's by now: so the answer is given
    /// only where `right` reaches the token, and, for a creation, where it is `owner`'s.
    mutating func redeem(
        _ ticket: Ticket, _ right: TokenRight, owner: OwnerID? = nil, with keys: SealingKeys,
        at time: GrantTime
    ) throws -> IssuedToken? {
        try forgetIdempotent(before: time.granting - Ticket.keptFor)
        guard let kept = try reader.idempotent(key: ticket.key, scope: ticket.scope) else { return nil }
        guard kept.request == ticket.digest else { throw Ticket.usedOtherwise }
        let made = try reader.token(kept.token)
        if let made, !right.covers(made.owner) || made.owner != owner ?? made.owner {
            throw Ticket.usedOtherwise
        }
        guard let record = made, record.ending == nil else {
            throw AgentError.conflict(
                .tokenEnded, "the token made under this idempotency_key has ended since")
        }
        let passCode = try keys.open(kept.sealed, of: record.id, owner: record.owner)
        guard passCode.digest == record.secret else {
            throw AgentError.conflict(
                .keyReused, "the token made under this idempotency_key was rotated since")
        }
        return IssuedToken(
            token: TokenView(record, try reader.person(record.owner), at: time.now), passCode: passCode)
    }

    mutating func keep(_ ticket: Ticket, issued: IssuedToken, keys: SealingKeys, at time: GrantTime) throws {
        let record = issued.token.record
        let sealed = try keys.seal(issued.passCode, of: record.id, owner: record.owner)
        try remember(
            IdempotentAnswer(
                key: ticket.key, scope: ticket.scope, request: (ticket.method, ticket.digest),
                answer: (record.id, sealed), at: time.granting))
    }
}
