/// Makes a token worthless, at once.
public struct TokenRevoke: MethodParams {
    public var id: String?
    /// In place of the id: whoever holds a token may end it.
    public var token: Secret?
    /// For the audit trail.
    public var reason: String?

    public init(id: String, reason: String? = nil) {
        self.id = id
        self.reason = reason
    }

    public init(token: Secret, reason: String? = nil) {
        self.token = token
        self.reason = reason
    }

    public func check() throws(RPCError) {
        if (id == nil) == (token == nil) {
            throw .invalidParams(member: "id", "either id or token is required")
        }
    }

    public static let description = MethodDescription(
        .tokenRevoke, "Revokes a token: every verify after the answer refuses it.",
        callers: .adminSelfOrHolder,
        .init(
            params: [
                .init("id", .tokenID),
                .init("token", .secret, "in place of the id: whoever holds it may end it"),
                .init("reason", .string(max: Limits.revokeReasonBytesMax), "for the audit trail"),
            ],
            result: .reference(.token), errors: [.notPermitted, .notFound, .storageUnavailable]))

    public typealias Answer = TokenMetadata
}

/// Brings a revoked or purged token back, while its tombstone lasts.
public struct TokenRestore: MethodParams {
    public var id: String

    public init(id: String) { self.id = id }

    public static let description = MethodDescription(
        .tokenRestore, "Brings a revoked or purged token back, while its tombstone lasts.", callers: .admin,
        .init(
            params: [.init("id", .tokenID, required: true)], result: .reference(.token),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public typealias Answer = TokenMetadata
}
