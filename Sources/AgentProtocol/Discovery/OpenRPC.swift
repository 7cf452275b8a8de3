/// The answer of `rpc.discover`: an OpenRPC 1.3 document (https://spec.open-rpc.org), made from the
/// descriptions.
public enum OpenRPC {
    /// The document for one version of the agent.
    public static func document(version: String) -> JSONValue {
        [
            "openrpc": "1.3.2",
            "info": [
                "title": "tokenagent",
                "version": .string(version),
                "description": "JSON-RPC 2.0, one message a line, over a Unix stream socket.",
            ],
            "methods": .array(Method.allCases.map { method($0.description) }),
            "components": [
                "schemas": .object(
                    Dictionary(uniqueKeysWithValues: Component.allCases.map { ($0.rawValue, $0.schema.json) })
                ),
                "errors": .object(
                    Dictionary(uniqueKeysWithValues: RPCError.Code.allCases.map { ($0.reason, error($0)) })),
            ],
        ]
    }

    private static func method(_ description: MethodDescription) -> JSONValue {
        let errors = description.errors.map { code -> JSONValue in
            ["$ref": .string("#/components/errors/\(code.reason)")]
        }
        return [
            "name": .string(description.method.rawValue),
            "summary": .string(description.summary),
            "description": .string("Who may call it: \(description.callers)."),
            "paramStructure": "by-name",
            "params": .array((description.params + [onBehalf]).map(param)),
            "result": ["name": "result", "schema": description.result.json],
            "errors": .array(errors),
        ]
    }

    private static let onBehalf = Schema.Property(
        Credentials.member, .reference(.credentials), "on whose behalf: judged by these credentials alone")

    private static func param(_ property: Schema.Property) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(property.name), "required": .boolean(property.isRequired),
            "schema": property.schema.json,
        ]
        if !property.summary.isEmpty { members["description"] = .string(property.summary) }
        return .object(members)
    }

    private static func error(_ code: RPCError.Code) -> JSONValue {
        [
            "code": .integer(Int64(code.rawValue)), "message": .string(code.message),
            "data": ["reason": .string(code.reason)],
        ]
    }

    static let schema = Schema.object([
        .init("openrpc", .text, required: true),
        .init("info", .any, required: true),
        .init("methods", .array(.any, max: nil), required: true),
        .init("components", .any, required: true),
    ])
}
