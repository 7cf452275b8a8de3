internal import AgentProtocol
internal import HTTPTypes

/// The routes as an OpenAPI 3.1 document: each is described where it is declared.
enum OpenAPI {
    static func document(_ routes: [Route], version: String) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            let template = route.template.replacing("+}", with: "}")
            for method in methods(of: route) {
                paths[template, default: [:]][method] = describe(route, template, method)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "tokenagent", "version": .string(version.isEmpty ? "0" : version)],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": ["securitySchemes": securitySchemes],
        ]
    }

    /// A route for any method is shown by the one that proxies use.
    static func methods(of route: Route) -> [String] { [route.method?.rawValue.lowercased() ?? "get"] }

    private static let securitySchemes: JSONValue = [
        "bearer": ["type": "http", "scheme": "bearer"], "basic": ["type": "http", "scheme": "basic"],
    ]

    private static func describe(_ route: Route, _ template: String, _ method: String) -> JSONValue {
        let operation = route.operation
        var members: [String: JSONValue] = [
            "operationId": .string(operation.id), "summary": .string(operation.summary),
            "responses": responses(operation),
        ]
        let parameters = pathParameters(template) + operation.parameters
        if !parameters.isEmpty { members["parameters"] = .array(parameters.map(describe)) }
        if !operation.security.isEmpty {
            members["security"] = .array(operation.security.map { .object([$0: []]) })
        }
        if let body = operation.body {
            members["requestBody"] = [
                "required": .boolean(body.isRequired),
                "content": .object([body.type: ["schema": body.schema]]),
            ]
        }
        return .object(members)
    }

    private static func pathParameters(_ template: String) -> [Operation.Parameter] {
        template.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            Operation.Parameter(
                name: String(segment.dropFirst().dropLast()), place: .path, schema: .text, isRequired: true)
        }
    }

    private static func describe(_ parameter: Operation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .boolean(parameter.isRequired), "schema": parameter.schema,
        ]
    }

    private static func responses(_ operation: Operation) -> JSONValue {
        var responses: [String: JSONValue] = [:]
        for answer in operation.answers {
            var members: [String: JSONValue] = ["description": .string(answer.text)]
            if !answer.content.isEmpty {
                members["content"] = .object(answer.content.mapValues { ["schema": $0] })
            }
            if !answer.headers.isEmpty {
                members["headers"] = .object(
                    Dictionary(uniqueKeysWithValues: answer.headers.map { ($0, ["schema": .text]) }))
            }
            responses["\(answer.status)"] = .object(members)
        }
        return .object(responses)
    }
}
