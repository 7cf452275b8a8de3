import AgentProtocol

extension TokenVerify.Reason {
    /// What it means to whoever presented the token.
    var sentence: String {
        switch self {
        case .malformed: "this is not a token: it is mistyped, or cut"
        case .unknown: "there is no such token"
        case .expired: "it has expired"
        case .suspended: "its owner is disabled, or is not among the people of the directory now"
        case .obsolete: "its owner has left the directory"
        case .revoked: "it was revoked"
        case .wrongAudience: "it is for another audience"
        case .missingFlag: "it has not all of these flags"
        case .readOnly: "it may only read"
        }
    }
}
