internal import HTTPTypes
internal import Hummingbird

/// A method and a path, what it is about, and what answers.
struct Route: Sendable {
    typealias Handler = @Sendable (Exchange) async throws -> Response

    /// nil for any.
    let method: HTTPRequest.Method?
    /// `/entities/{entityId}/…`. A last segment `{path+}` stands for one or more segments.
    let template: String
    let operation: Operation
    let readsBody: Bool
    /// Its handler neither waits nor works long: it stays on the event loop of the connection.
    let isBrief: Bool
    let handler: Handler

    init(
        _ method: HTTPRequest.Method?, _ template: String, _ operation: Operation, readsBody: Bool = false,
        isBrief: Bool = false, handler: @escaping Handler
    ) {
        self.method = method
        self.template = template
        self.operation = operation
        self.readsBody = readsBody
        self.isBrief = isBrief
        self.handler = handler
    }
}

/// The path of a route, taken apart once.
struct RoutePattern: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        case parameter(String)
        case rest
    }

    private let segments: [Segment]

    init(_ template: String) {
        segments = template.split(separator: "/").map { segment in
            guard segment.hasPrefix("{") else { return .literal(String(segment)) }
            let name = segment.dropFirst().dropLast()
            return name.hasSuffix("+") ? .rest : .parameter(String(name))
        }
    }

    /// The values of its parameters, if the path is one of these. Empty segments count for nothing.
    func match(_ path: [String?]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            guard index < path.count else { return nil }
            if case .rest = segment { return parameters }
            guard let given = path[index] else { return nil }
            switch segment {
            case .literal(let text): guard given == text else { return nil }
            case .parameter(let name): parameters[name] = given
            case .rest: break
            }
        }
        return segments.count == path.count ? parameters : nil
    }

    /// Splits first and decodes then, so that an encoded slash stays in its segment. nil for bad encoding:
    /// such a segment is none that has a meaning here.
    static func segments(of path: some StringProtocol) -> [String?] {
        path.split(separator: "/").map { $0.percentDecoded }
    }
}
