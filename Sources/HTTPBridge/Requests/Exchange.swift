internal import AgentProtocol
internal import HTTPTypes

/// One request, taken apart: what a handler sees.
struct Exchange: Sendable {
    let method: HTTPRequest.Method
    /// The path as it came, without the query.
    let path: String
    /// What stands in the braces of the route's template, decoded.
    var parameters: [String: String] = [:]
    let rawQuery: String
    let headers: HTTPFields
    var body: [UInt8] = []
    /// The agent, as this client reaches it.
    let agent: any AgentRequests

    var query: NamedValues { NamedValues(query: rawQuery) }

    var authorization: Authorization? {
        // Two of them are none: who knows which one a proxy looked at (RFC 9110 section 5.3).
        let fields = headers[values: .authorization]
        guard fields.count == 1 else { return nil }
        return Authorization(fields[0])
    }

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    func header(_ name: String) -> String? {
        guard let name = HTTPField.Name(name) else { return nil }
        let fields = headers[values: name]
        guard fields.count == 1, !fields[0].isEmpty else { return nil }
        return fields[0]
    }
}
