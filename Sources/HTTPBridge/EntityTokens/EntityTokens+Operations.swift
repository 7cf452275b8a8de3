internal import AgentProtocol

extension EntityTokens {
    static func show(_ prefix: String) -> Operation {
        operation("entityTokenShow", prefix, "Shows the value of a user's token.")
            .answers(200, "The value, of an expired token too.", value)
    }

    static func create(_ prefix: String) -> Operation {
        operation("entityTokenCreate", prefix, "Makes a token for a user.").answers(201, "Made.", done)
    }

    static func delete(_ prefix: String) -> Operation {
        operation("entityTokenDelete", prefix, "Deletes a user's token.").answers(200, "Deleted.", done)
    }

    static func update(_ prefix: String) -> Operation {
        operation("entityTokenUpdate", prefix, "Changes a token's expiry or flags.")
            .body(.members(["expiry": .nullable("string", format: "date-time"), "flags": .texts]))
            .answers(200, "Changed.", done)
    }

    static func refresh(_ prefix: String) -> Operation {
        operation("entityTokenRefresh", prefix, "Gives a token a new value.")
            .body(.members(["authenticationToken": .nullable("string")]), required: false)
            .answers(200, "The new value.", value)
    }

    private static func operation(_ id: String, _ prefix: String, _ summary: String) -> Operation {
        var operation = Operation(id + (prefix.isEmpty ? "" : "Alias"), summary)
        for name in ["apikey", "userid", "token"] { operation = operation.header(name) }
        let failures = [
            (400, "Not understood, or not possible as it is."), (401, "An unknown key or user."),
            (403, "Neither the user nor an administrator, or a token that only reads."),
            (404, "No such user or token."), (408, "The body did not come in time."), (413, "Too long."),
            (429, "Too fast."),
            (503, "The directory or the agent cannot answer now."),
        ]
        return failures.reduce(operation) { $0.answers($1.0, $1.1, failure) }
            .carries("Retry-After", in: 429)
    }

    private static let done = JSONValue.members(["success": .truth], required: ["success"])
    private static let value = JSONValue.members(
        ["success": .truth, "authenticationToken": .text], required: ["success", "authenticationToken"])
    private static let failure = JSONValue.members(
        ["success": .truth, "message": .text], required: ["success", "message"])
}
