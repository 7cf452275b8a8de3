internal import AgentProtocol

/// A user token as this API shows it. The pass code only once, when it is made.
struct IQToken: Encodable, Sendable {
    let userCode: String
    var passCode: String?
    let username: String
    let realm: String
    let createTime: WireTime
    let expirationDate: WireTime?

    init(_ token: TokenMetadata) {
        userCode = token.id
        username = token.owner.login
        realm = token.owner.source
        createTime = token.createdAt
        expirationDate = token.expiresAt
    }

    init(_ made: CreatedToken) {
        self.init(made.metadata)
        passCode = made.passCode.exposed
    }
}
