internal import AgentProtocol

/// What a route says of itself in `/openapi.json`.
struct Operation: Sendable {
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }
        let name: String
        let place: Place
        let schema: JSONValue
        let isRequired: Bool
    }

    struct Answer: Sendable {
        let status: Int
        let text: String
        /// By media type; empty for no body.
        let content: [String: JSONValue]
        /// What a client may look for.
        var headers: [String] = []
    }

    var id: String
    var summary: String
    var security: [String] = []
    var parameters: [Parameter] = []
    /// The media type of the body, and its schema.
    var body: (type: String, schema: JSONValue, isRequired: Bool)?
    var answers: [Answer] = []

    init(_ id: String, _ summary: String, security: [String] = []) {
        self.id = id
        self.summary = summary
        self.security = security
    }
}

extension Operation {
    func query(_ name: String, _ schema: JSONValue = .text, required: Bool = false) -> Operation {
        adding(Parameter(name: name, place: .query, schema: schema, isRequired: required))
    }

    func header(_ name: String) -> Operation {
        adding(Parameter(name: name, place: .header, schema: .text, isRequired: true))
    }

    func body(_ schema: JSONValue, type: String = "application/json", required: Bool = true) -> Operation {
        var copy = self
        copy.body = (type, schema, required)
        return copy
    }

    func answers(
        _ status: Int, _ text: String, _ schema: JSONValue, type: String = "application/json"
    )
        -> Operation
    {
        adding(Answer(status: status, text: text, content: [type: schema]))
    }

    func answers(_ status: Int, _ text: String) -> Operation {
        adding(Answer(status: status, text: text, content: [:]))
    }

    func answersText(_ status: Int, _ text: String) -> Operation {
        adding(Answer(status: status, text: text, content: ["text/plain": .text]))
    }

    /// What the answers of a status carry.
    func carries(_ header: String, in status: Int) -> Operation {
        var copy = self
        for index in copy.answers.indices where copy.answers[index].status == status {
            copy.answers[index].headers.append(header)
        }
        return copy
    }

    private func adding(_ parameter: Parameter) -> Operation {
        var copy = self
        copy.parameters.append(parameter)
        return copy
    }

    func adding(_ answer: Answer) -> Operation {
        var copy = self
        copy.answers.append(answer)
        return copy
    }
}

/// JSON Schema, in the few words that are needed.
extension JSONValue {
    static let text: JSONValue = ["type": "string"]
    static let truth: JSONValue = ["type": "boolean"]
    static let wholeNumber: JSONValue = ["type": "integer"]
    static let anyNumber: JSONValue = ["type": "number"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let texts: JSONValue = list(of: text)

    static func list(of items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    /// The type, or null.
    static func nullable(_ type: String, format: String? = nil) -> JSONValue {
        var schema: [String: JSONValue] = ["type": [.string(type), "null"]]
        if let format { schema["format"] = .string(format) }
        return .object(schema)
    }

    static func members(_ members: [String: JSONValue], required: [String] = []) -> JSONValue {
        [
            "type": "object", "properties": .object(members),
            "required": .array(required.map { .string($0) }),
        ]
    }
}
