internal import HTTPTypes
internal import Hummingbird

/// The routes of all APIs that are served, and which one a request means.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case route(Route, api: any ServedAPI, parameters: [String: String])
        /// There is such a path, with other methods.
        case otherMethods([HTTPRequest.Method], api: any ServedAPI)
        /// Nothing of that path; the API whose prefix it has, if any.
        case nothing(api: (any ServedAPI)?)
    }

    private struct Path: Sendable {
        let template: String
        let pattern: RoutePattern
        let api: any ServedAPI
        var routes: [Route]
    }

    private var paths: [Path] = []
    /// The place of each path without parameters, as it is written: most requests are for one of them.
    private var written: [String: Int] = [:]
    private let apis: [any ServedAPI]

    /// The first path that fits is the one that is meant: literal ones come before those with parameters.
    init(_ apis: [any ServedAPI]) {
        self.apis = apis
        for api in apis {
            for route in api.routes {
                if let known = paths.firstIndex(where: { $0.template == route.template }) {
                    paths[known].routes.append(route)
                } else {
                    let pattern = RoutePattern(route.template)
                    paths.append(Path(template: route.template, pattern: pattern, api: api, routes: [route]))
                }
            }
        }
        for path in paths {
            let found = place(of: RoutePattern.segments(of: path.template))
            if let found, found.parameters.isEmpty { written[path.template] = found.place }
        }
    }

    var routes: [Route] { paths.flatMap(\.routes) }

    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        if let place = written[path] { return match(method, paths[place], [:]) }
        let segments = RoutePattern.segments(of: path)
        guard let found = place(of: segments) else { return .nothing(api: api(of: segments)) }
        return match(method, paths[found.place], found.parameters)
    }

    private func match(_ method: HTTPRequest.Method, _ path: Path, _ parameters: [String: String]) -> Match {
        // HEAD is GET without its body (RFC 9110 section 9.3.2).
        let meant = method == .head ? .get : method
        if let route = path.routes.first(where: { $0.method == nil || $0.method == meant }) {
            return .route(route, api: path.api, parameters: parameters)
        }
        return .otherMethods(path.routes.compactMap(\.method), api: path.api)
    }

    private func place(of segments: [String?]) -> (place: Int, parameters: [String: String])? {
        for (place, path) in paths.enumerated() {
            if let parameters = path.pattern.match(segments) { return (place, parameters) }
        }
        return nil
    }

    private func api(of segments: [String?]) -> (any ServedAPI)? {
        apis.first { api in
            api.prefixes.contains { segments.starts(with: RoutePattern.segments(of: $0)) }
        }
    }
}

/// One of the APIs: its routes, and how it says no.
protocol ServedAPI: Sendable {
    /// For metrics and the log.
    var name: String { get }
    /// Whatever begins with one of these is answered in this API's way.
    var prefixes: [String] { get }
    var routes: [Route] { get }
    func answer(to error: any Error) -> Response
}

/// What is wrong with a request before any handler has seen it.
enum RequestFault: Error, Hashable, Sendable {
    case noSuchPath
    case otherMethods([HTTPRequest.Method])
    /// The question which methods there are.
    case options([HTTPRequest.Method])
    case bodyTooLong
    case bodyTooSlow
    case bodyBroken
}

extension RequestFault {
    /// The rest of the body is still to come, and nobody wants it.
    var leavesBody: Bool { self == .bodyTooLong || self == .bodyTooSlow || self == .bodyBroken }

    /// The value of `Allow`.
    static func allow(_ methods: [HTTPRequest.Method]) -> String {
        let all = methods + (methods.contains(.get) ? [.head] : []) + [.options]
        return all.map(\.rawValue).joined(separator: ", ")
    }

    /// The answer in an API that has plain words for each fault.
    func response(_ say: (HTTPResponse.Status, String) -> Response) -> Response {
        switch self {
        case .noSuchPath: say(.notFound, "Not Found")
        case .otherMethods(let methods):
            say(.methodNotAllowed, "Method Not Allowed").with(.allow, Self.allow(methods))
        case .options(let methods): .empty(.noContent).with(.allow, Self.allow(methods))
        case .bodyTooLong:
            say(.contentTooLarge, "The body is longer than \(BridgeLimits.bodyBytesMax) bytes")
        case .bodyTooSlow: say(.requestTimeout, "The body did not come in time")
        case .bodyBroken: say(.badRequest, "The body is not HTTP")
        }
    }
}
