internal import AgentProtocol

extension IQServer {
    static let createOwn = own("createUserToken", "Makes the asker's user token; its secret is shown once.")
        .answers(200, "The token.", made).answersText(409, "There is one already.")
        .answersText(400, "New tokens are to last for longer than the agent allows.")
    static let deleteOwn = own("deleteCurrentUserToken", "Deletes the asker's user token.")
        .answers(204, "Deleted.").answersText(404, "There is none.")
    static let hasToken = own("getUserTokenExistsForCurrentUser", "Says whether the asker has a user token.")
        .answers(200, "The answer.", .members(["userTokenExists": .truth], required: ["userTokenExists"]))
        .carries("Set-Cookie", in: 200)
    static let createTime = own("getCurrentUserTokenCreateTime", "Says when the asker's token was made.")
        .answers(200, "The time.", .time).answersText(404, "There is none.")
    static let list = manage("getUserTokens", "Lists user tokens.")
        .query("createdAfter").query("createdBefore").query("realm")
        .answers(200, "The tokens.", .list(of: shown))
    static let show = manage("getUserTokenByUsername", "Shows a user's token.")
        .query("realm").answers(200, "The token.", shown).answersText(404, "There is none.")
    static let deleteByCode = manage("deleteUserTokenByUserCode", "Deletes a user token.")
        .answers(204, "Deleted.").answersText(404, "There is none.")
    static let purge = manage("purgeUserTokens", "Deletes the tokens of users who are gone.")
        .answers(204, "None is left.").answersText(409, "A safety guard holds a plan.")
    static let configuration = manage("getUserTokenConfiguration", "Shows what is set.")
        .answers(200, "What is set.", settings)
    static let configure = manage("setUserTokenConfiguration", "Sets for how many days new tokens are good.")
        .body(.members([property: .wholeNumber], required: [property]))
        .answers(200, "What is set now.", settings)
    static let unconfigure = manage("deleteUserTokenConfiguration", "Forgets a setting.")
        .query("property", ["type": "string", "enum": [.string(property)]], required: true)
        .answers(200, "What is set now.", settings)

    private static func own(_ id: String, _ summary: String) -> Operation {
        Operation(id, summary, security: ["basic"])
            .answersText(401, "Not a user, or not their password or token.")
            .answersText(403, "Not permitted to them.").answersText(
                429, "Too many tokens, or passwords at once."
            )
            .carries("Retry-After", in: 429)
            .answersText(503, "The directory or the agent cannot answer now.")
    }

    private static func manage(_ id: String, _ summary: String) -> Operation {
        own(id, summary).answersText(400, "Not understood.")
            .answersText(408, "The body did not come in time.").answersText(413, "Too long.")
    }

    private static let settings = JSONValue.members([property: .wholeNumber])
    private static let members: [String: JSONValue] = [
        "userCode": .text, "username": .text, "realm": .text, "createTime": .time, "expirationDate": .time,
    ]
    private static let shown = JSONValue.members(
        members, required: ["createTime", "realm", "userCode", "username"])
    private static let made = JSONValue.members(
        members.merging(["passCode": .text]) { old, _ in old },
        required: ["createTime", "passCode", "realm", "userCode", "username"])
}
