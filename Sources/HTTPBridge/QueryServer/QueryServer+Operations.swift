internal import AgentProtocol

/// The document's own words are `docs/http.md`; these are for `/openapi.json`.
extension QueryServer {
    static func create(_ alias: String) -> Operation {
        manage("queryCreate" + alias, "Makes a token for a person, unless they have one.").body(change)
            .answers(201, "There is a token now.")
    }

    static func list(_ alias: String) -> Operation {
        manage("queryList" + alias, "Lists all tokens with their values.")
            .answers(200, "All rows.", data(row))
    }

    static func update(_ alias: String) -> Operation {
        manage("queryUpdate" + alias, "Replaces a token's terms and its value.").body(change)
            .answers(200, "Replaced, or nothing to replace.")
    }

    static func delete(_ alias: String) -> Operation {
        manage("queryDelete" + alias, "Deletes a person's token.")
            .body(.members(["email": .text], required: ["email"]))
            .answers(200, "There is no token now.")
    }

    static func value(_ alias: String) -> Operation {
        manage("queryValue" + alias, "Shows the value of a person's token.").query("email", required: true)
            .answers(200, "The value, or nothing.", data(token))
    }

    static func ownValue(_ alias: String) -> Operation {
        Operation("queryOwnValue" + alias, "Shows one's own value by password, making a token if need be.")
            .body(.members(["email": .text, "password": .text], required: ["email", "password"]))
            .answers(200, "The value.", data(token))
            .answersText(400, "Not understood, or not correct.")
            .answersText(408, "The body did not come in time.").answersText(413, "Too long.")
            .answersText(500, "The agent cannot answer now.")
    }

    private static func manage(_ id: String, _ summary: String) -> Operation {
        Operation(id, summary, security: ["bearer"])
            .answersText(400, "Not understood.").answers(401, "Not a live token of an administrator.")
            .answersText(408, "The body did not come in time.").answersText(413, "Too long.")
            .answersText(500, "The agent cannot answer now.")
    }

    private static let change = JSONValue.members(
        [
            "email": .text, "write": .nullable("boolean"),
            "expiration_date": .nullable("number"),
        ], required: ["email"])

    private static let token = JSONValue.members(["token": .text], required: ["token"])

    private static let row: JSONValue = {
        let numbers = ["active", "created_at", "id", "updated_at", "write"]
        var members = Dictionary(uniqueKeysWithValues: numbers.map { ($0, JSONValue.wholeNumber) })
        members["expiration_date"] = .anyNumber
        members["token"] = .text
        members["user_uuid"] = .text
        return .members(members, required: members.keys.sorted())
    }()

    private static func data(_ row: JSONValue) -> JSONValue {
        .members(["data": .list(of: row)], required: ["data"])
    }
}
