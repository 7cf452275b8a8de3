/// Makes a token worthless, at once.
public struct TokenRevoke: MethodParams {
    public var id: String
    /// For the audit trail.
    public var reason: String?

    public init(id: String, reason: String? = nil) {
        self.id = id
        self.reason = reason
    }

    public static let description = MethodDescription(
        .tokenRevoke, "Revokes a token: every verify after the answer refuses it.", callers: .adminOrSelf,
        .init(
            params: [
                .init("id", .tokenID, required: true),
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
