import TokenCore

/// What is stored and shown must hold no token that somebody has put in the wrong place.
extension AgentError {
    /// The error does not repeat it.
    static func refuseToken(in text: String?, member: String) throws(AgentError) {
        guard let text, SecretLikeness.isTokenWithin(text) else { return }
        throw .invalid(
            member: member, "must not hold a token: it would be stored in the clear. Revoke that token")
    }

    static func refuseToken(in texts: [String]?, member: String) throws(AgentError) {
        for text in texts ?? [] { try refuseToken(in: text, member: member) }
    }
}

extension CreateRequest {
    func checkSecrecy() throws(AgentError) {
        if case .id(let owner) = owner { try AgentError.refuseToken(in: owner.id, member: "owner") }
        try AgentError.refuseToken(in: audience, member: "audience")
        try AgentError.refuseToken(in: name, member: "name")
        try AgentError.refuseToken(in: flags, member: "flags")
        try AgentError.refuseToken(in: idempotencyKey, member: "idempotency_key")
    }
}
