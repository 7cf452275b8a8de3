/// Gives a token a new secret.
public struct TokenRotate: MethodParams {
    public var id: String
    /// How many seconds the old secret stays good; 0 when left out.
    public var graceSeconds: Int64?
    /// Its life begins anew: it lasts as long from now as it was made for. false when left out.
    public var renew: Bool?
    public var idempotencyKey: String?

    public init(id: String) { self.id = id }

    enum CodingKeys: String, CodingKey {
        case id, renew
        case graceSeconds = "grace_s"
        case idempotencyKey = "idempotency_key"
    }

    public static let description = MethodDescription(
        .tokenRotate, "Gives a token a new secret.", callers: .adminOrSelf,
        .init(
            params: [
                .init("id", .tokenID, required: true),
                .init("grace_s", .integer(0...Limits.graceSecondsMax), "how long the old secret stays good"),
                .init("renew", .boolean, "it lasts as long from now as it was made for"),
                .init("idempotency_key", .idempotencyKey, "the same key gives the same secret"),
            ],
            result: .reference(.createdToken),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public typealias Answer = CreatedToken
}
