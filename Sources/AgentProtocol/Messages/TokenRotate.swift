/// Gives a token a new secret, and new terms with it where they are named.
public struct TokenRotate: MethodParams {
    public var id: String
    /// How many seconds the old secret stays good; 0 when left out.
    public var graceSeconds: Int64?
    /// Its life begins anew: it lasts as long from now as it was made for. false when left out.
    public var renew: Bool?
    /// Nothing is done when the token has another secret by now.
    public var currentToken: Secret?
    public var write: Bool?
    /// Replaces the list.
    public var flags: [String]?
    /// null clears it.
    @Patchable public var expiresAt: Patch<WireTime>
    public var idempotencyKey: String?

    public init(id: String) {
        self.id = id
        _expiresAt = Patchable(wrappedValue: .absent)
    }

    enum CodingKeys: String, CodingKey {
        case id, renew, write, flags
        case graceSeconds = "grace_s"
        case currentToken = "current_token"
        case expiresAt = "expires_at"
        case idempotencyKey = "idempotency_key"
    }

    public func check() throws(RPCError) {
        if renew == true, expiresAt != .absent {
            throw .invalidParams(member: "renew", "renew and expires_at exclude each other")
        }
    }

    public static let description = MethodDescription(
        .tokenRotate, "Gives a token a new secret.", callers: .adminOrSelf,
        .init(
            params: [
                .init("id", .tokenID, required: true),
                .init("grace_s", .integer(0...Limits.graceSecondsMax), "how long the old secret stays good"),
                .init("renew", .boolean, "it lasts as long from now as it was made for"),
                .init("current_token", .secret, "nothing is done when it has another secret by now"),
                .init("write", .boolean, "as of token.update"),
                .init("flags", .flags, "as of token.update"),
                .init("expires_at", .nullable(.time), "as of token.update"),
                .init("idempotency_key", .idempotencyKey, "the same key gives the same secret"),
            ],
            result: .reference(.createdToken),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public typealias Answer = CreatedToken
}
