/// Is this token good? `VerifyScanner` reads the same params where they must cost nothing.
public struct TokenVerify: MethodParams {
    public var token: Secret?
    public var userCode: String?
    public var passCode: Secret?
    public var audience: String?
    /// All of them are required.
    public var flags: [String]?
    public var write: Bool?

    public init(token: Secret, audience: String? = nil, flags: [String]? = nil, write: Bool? = nil) {
        self.token = token
        self.audience = audience
        self.flags = flags
        self.write = write
    }

    public init(userCode: String, passCode: Secret) {
        self.userCode = userCode
        self.passCode = passCode
    }

    enum CodingKeys: String, CodingKey {
        case token, audience, flags, write
        case userCode = "user_code"
        case passCode = "pass_code"
    }

    public static let description = MethodDescription(
        .tokenVerify, "Says whether a token is good, and whose it is. A refusal is a result.",
        callers: .verifier,
        .init(
            params: [
                .init("token", presented, "the whole token; or user_code and pass_code"),
                .init("user_code", presented),
                .init("pass_code", presented),
                .init("audience", .string(max: Limits.audienceBytesMax), "what the token must be for"),
                .init("flags", .flags, "all of these are required"),
                .init("write", .boolean, "true asks for a token that may write"),
            ],
            result: .oneOf([Active.schema, inactiveSchema])))

    /// What is no token at all is still judged: as malformed.
    private static let presented = Schema.string(max: Limits.lineBytesMax)

    public func check() throws(RPCError) {
        switch (token, userCode, passCode) {
        case (_?, nil, nil), (nil, _?, _?): return
        case (nil, nil, nil):
            throw .invalidParams(member: "token", "token, or user_code and pass_code, is required")
        case (nil, nil, _): throw .invalidParams(member: "user_code", "required with pass_code")
        case (nil, _, nil): throw .invalidParams(member: "pass_code", "required with user_code")
        default: throw .invalidParams(member: "token", "give either token, or user_code and pass_code")
        }
    }
}

extension TokenVerify {
    public enum Answer: Hashable, Sendable {
        case active(Active)
        case inactive(Reason)
    }

    /// Why a token is refused. All but the first two are told only to who had the right secret.
    public enum Reason: String, CaseIterable, Hashable, Sendable {
        case malformed
        /// There is no such token, or the secret is wrong: the two look the same.
        case unknown
        case expired
        case suspended
        case obsolete
        case revoked
        case wrongAudience = "wrong_audience"
        case missingFlag = "missing_flag"
        case readOnly = "read_only"
    }

    /// A good token.
    public struct Active: Hashable, Sendable {
        public var id: String
        public var owner: Owner
        public var audience: String
        public var name: String
        public var write: Bool
        public var flags: [String]
        public var expiresAt: WireTime?

        public init(
            id: String, owner: Owner, audience: String, name: String, write: Bool, flags: [String],
            expiresAt: WireTime?
        ) {
            self.id = id
            self.owner = owner
            self.audience = audience
            self.name = name
            self.write = write
            self.flags = flags
            self.expiresAt = expiresAt
        }

        static let schema = Schema.all([
            ("active", .boolean), ("id", .text), ("owner", .reference(.owner)), ("audience", .text),
            ("name", .text), ("write", .boolean), ("flags", .array(.text, max: nil)),
            ("expires_at", .nullable(.time)),
        ])
    }

    private static let inactiveSchema = Schema.all([
        ("active", .boolean), ("reason", .words(Reason.allCases.map(\.rawValue))),
    ])
}

extension TokenVerify.Active {
    /// By hand, in the order of the protocol's text: this is the answer that must cost nothing.
    func write(into output: inout JSONOutput) {
        output.write(raw: #"{"active":true,"id":"#)
        output.write(id)
        Self.write(owner, into: &output)
        Self.writeTerms(audience: audience, name: name, write: write, flags: flags, into: &output)
        output.write(expiresAt)
        output.write(raw: "}")
    }

    private static func write(_ owner: Owner, into output: inout JSONOutput) {
        output.write(raw: #","owner":{"source":"#)
        output.write(owner.source)
        output.write(raw: #","id":"#)
        output.write(owner.id)
        output.write(raw: #","login":"#)
        output.write(owner.login)
        output.write(raw: #","email":"#)
        if let email = owner.email { output.write(email) } else { output.write(raw: "null") }
    }

    private static func writeTerms(
        audience: String, name: String, write: Bool, flags: [String], into output: inout JSONOutput
    ) {
        output.write(raw: #"},"audience":"#)
        output.write(audience)
        output.write(raw: #","name":"#)
        output.write(name)
        output.write(raw: #","write":"#)
        output.write(write)
        output.write(raw: #","flags":"#)
        output.write(flags)
        output.write(raw: #","expires_at":"#)
    }

    /// What stands in an answer between the token's id and its terms: the same for all tokens of an owner,
    /// so it can be kept.
    public static func render(_ owner: Owner) -> [UInt8] {
        let active = Self(
            id: "", owner: owner, audience: "", name: "", write: false, flags: [], expiresAt: nil)
        return JSONOutput.bytes(room: active.room) { write(owner, into: &$0) }
    }

    /// What stands between the owner and the time of expiry.
    public static func renderTerms(
        audience: String, name: String, write: Bool, flags: [String]
    ) -> [UInt8] {
        let active = Self(
            id: "", owner: Owner(source: "", id: "", login: "", email: nil), audience: audience, name: name,
            write: write, flags: flags, expiresAt: nil)
        return JSONOutput.bytes(room: active.room) {
            writeTerms(audience: audience, name: name, write: write, flags: flags, into: &$0)
        }
    }

    /// More than its names and its time take, and each string at its longest.
    var room: Int {
        var room =
            256 + JSONOutput.room(for: id) + JSONOutput.room(for: audience) + JSONOutput.room(for: name)
        room += JSONOutput.room(for: owner.source) + JSONOutput.room(for: owner.id)
        room += JSONOutput.room(for: owner.login) + JSONOutput.room(for: owner.email ?? "")
        for flag in flags { room += JSONOutput.room(for: flag) + 1 }
        return room
    }
}
