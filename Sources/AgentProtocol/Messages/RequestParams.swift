/// The params of a request as they are sent: the method's own members, and `as` among them.
public struct RequestParams<P: Encodable>: Encodable {
    private let params: P
    private let credentials: Credentials?

    public init(_ params: P, as credentials: Credentials?) {
        self.params = params
        self.credentials = credentials
    }

    private enum CodingKeys: String, CodingKey { case credentials = "as" }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(credentials, forKey: .credentials)
        try params.encode(to: encoder)
    }
}
