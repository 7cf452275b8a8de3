/// Changes what a token may do, or how long; the secret stays. Owners may only narrow.
public struct TokenUpdate: MethodParams {
    public var id: String
    public var write: Bool?
    /// Replaces the list.
    public var flags: [String]?
    /// null clears it.
    @Patchable public var expiresAt: Patch<WireTime>
    public var name: String?

    public init(id: String) {
        self.id = id
        _expiresAt = Patchable(wrappedValue: .absent)
    }

    enum CodingKeys: String, CodingKey {
        case id, write, flags, name
        case expiresAt = "expires_at"
    }

    public static let description = MethodDescription(
        .tokenUpdate, "Changes a token's rights, expiry or name. Its secret stays.", callers: .adminOrSelf,
        .init(
            params: [
                .init("id", .tokenID, required: true),
                .init("write", .boolean),
                .init("flags", .flags, "replaces the list"),
                .init("expires_at", .nullable(.time), "null clears it"),
                .init("name", .name),
            ],
            result: .reference(.token),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public typealias Answer = TokenMetadata
}
