internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// From a request to its route, and back with an answer: one hop, and the hygiene that all APIs share.
struct BridgeResponder: HTTPResponder {
    typealias Context = BridgeContext

    let table: RouteTable
    let agent: any AgentRequests
    let metrics: BridgeMetrics
    let bodyTimeout: Duration
    let logger: Logger
    let pace: PasswordPace

    func respond(to request: Request, context: BridgeContext) async throws -> Response {
        let began = ContinuousClock.now
        let (path, query) = Self.split(request.head.path ?? "/")
        let match = table.match(request.method, path)
        var response = await answer(to: match, of: request, path: path, query: query, context)
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.hasBody, !match.readsBody {
            // Nobody reads it, and it may come as slowly as its sender likes, or not at all.
            response.headers[.connection] = "close"
            context.closeSoon()
        }
        metrics.note(match.api?.name ?? "none", response.status.code, took: .now - began)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        to match: RouteTable.Match, of request: Request, path: String, query: String, _ context: BridgeContext
    ) async -> Response {
        do {
            switch match {
            case .nothing: throw RequestFault.noSuchPath
            case .otherMethods(let methods, _):
                throw request.method == .options ? RequestFault.options(methods) : .otherMethods(methods)
            case .route(let route, _, let parameters):
                let paced = PacedRequests(agent: agent, pace: pace) { context.client(request.headers) }
                var exchange = Exchange(
                    method: request.method, path: path, parameters: parameters, rawQuery: query,
                    headers: request.headers, agent: paced)
                if route.readsBody { exchange.body = try await body(of: request, context) }
                guard !route.isBrief else { return try await route.handler(exchange) }
                return try await withTaskExecutorPreference(globalConcurrentExecutor) { [exchange] in
                    try await route.handler(exchange)
                }
            }
        } catch {
            if case .route(let route, _, _) = match { note(error, of: route) }
            let api = match.api ?? NoAPI()
            if let fault = error as? RequestFault, fault.leavesBody {
                context.closeSoon()
                return api.answer(to: fault).with(.connection, "close")
            }
            return api.answer(to: error)
        }
    }

    /// Only what the agent could not do is worth a line; refusals are answers. The template, not the path.
    private func note(_ error: any Error, of route: Route) {
        guard let failure = error as? AgentFailure else { return }
        switch failure {
        case .unreachable(let reason):
            logger.error(
                "the agent does not answer", metadata: ["route": "\(route.template)", "error": "\(reason)"])
        case .refused(let error) where error.known == .internalError || error.known == .storageUnavailable:
            logger.error("the agent failed", metadata: ["route": "\(route.template)", "error": "\(error)"])
        case .refused: break
        }
    }

    private static func split(_ target: String) -> (path: String, query: String) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, "") }
        return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
    }

    /// The whole body, if it is short and comes in time.
    private func body(
        of request: Request, _ context: BridgeContext
    ) async throws(RequestFault) -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }),
            length > BridgeLimits.bodyBytesMax
        {
            throw .bodyTooLong
        }
        if request.headers[.expect]?.lowercased() == "100-continue" { context.sayContinue() }
        let body = request.body
        let outcome = await withTaskGroup(of: Result<[UInt8], RequestFault>.self) { group in
            group.addTask { await Self.collect(body) }
            group.addTask {
                do { try await Task.sleep(for: bodyTimeout) } catch {}
                return .failure(.bodyTooSlow)
            }
            let first = await group.next() ?? .failure(.bodyTooSlow)
            group.cancelAll()
            return first
        }
        return try outcome.get()
    }

    private static func collect(_ body: RequestBody) async -> Result<[UInt8], RequestFault> {
        var bytes: [UInt8] = []
        do {
            for try await piece in body {
                bytes += piece.readableBytesView
                if bytes.count > BridgeLimits.bodyBytesMax { return .failure(.bodyTooLong) }
            }
        } catch {
            // What it sent is no HTTP; or it went away, and hears nothing.
            return .failure(.bodyBroken)
        }
        return .success(bytes)
    }
}

extension Request {
    /// Whether one is announced (RFC 9112 section 6.3).
    fileprivate var hasBody: Bool {
        if let length = headers[.contentLength] { return length != "0" }
        return headers[.transferEncoding] != nil
    }
}

extension RouteTable.Match {
    fileprivate var readsBody: Bool {
        guard case .route(let route, _, _) = self else { return false }
        return route.readsBody
    }

    var api: (any ServedAPI)? {
        switch self {
        case .route(_, let api, _), .otherMethods(_, let api): api
        case .nothing(let api): api
        }
    }
}

/// Where nothing is served.
private struct NoAPI: ServedAPI {
    let name = "none"
    let prefixes: [String] = []
    let routes: [Route] = []

    func answer(to error: any Error) -> Response { Problem(error).response }
}
