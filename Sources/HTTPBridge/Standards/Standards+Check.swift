internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// The check for proxies: nginx `auth_request`, Traefik ForwardAuth, Envoy `ext_authz`.
extension Standards {
    /// 200, 401 or 403, whatever happens: proxies take anything else for a failure of their own.
    func check(_ exchange: Exchange) async -> Response {
        do {
            return Self.passed(try await judge(exchange))
        } catch {
            let problem = Problem(error)
            if problem.status == .unauthorized || problem.status == .forbidden { return problem.response }
            // Nobody can judge now, so nobody passes.
            return Problem(.forbidden, problem.detail ?? "this cannot be judged now").response
        }
    }

    private func judge(_ exchange: Exchange) async throws -> TokenVerify.Active {
        guard let credentials = try caller(exchange) else { throw Problem.noCredentials }
        var question = TokenVerify(credentials)
        try Self.demands(exchange).ask(&question)
        switch try await exchange.agent.call(question) {
        case .active(let token): return token
        case .inactive(.wrongAudience): throw Problem.insufficientScope("the token is for something else")
        case .inactive(.missingFlag): throw Problem.insufficientScope("the token lacks a flag")
        case .inactive(.readOnly): throw Problem.insufficientScope("the token may only read")
        case .inactive: throw Problem.invalidToken
        }
    }

    /// What the proxy's configuration demands, by the query of `/auth` itself. Below it, the path and the
    /// query are the client's own, as Envoy passes them, and say nothing.
    ///
    /// `/auth/` is `/auth` too, as it is for the routes: a slash too many in the proxy's configuration must
    /// not open the door. Demands from a client's own query could at most refuse that client.
    private static func demands(_ exchange: Exchange) -> AuthDemands {
        if exchange.path == "/auth" { return AuthDemands(exchange.query, isConfigured: true) }
        let isItself = RoutePattern.segments(of: exchange.path) == ["auth"]
        return isItself ? AuthDemands(exchange.query) : AuthDemands()
    }

    private static func passed(_ token: TokenVerify.Active) -> Response {
        var response = Response.empty(.ok)
        let values = [
            token.owner.login.headerSafe, token.owner.source.headerSafe, token.owner.id.headerSafe,
            (token.owner.email ?? "").headerSafe, token.flags.map(\.headerSafe).joined(separator: ","),
            token.id.headerSafe,
        ]
        for (name, value) in zip(factNames, values) {
            response.headers.append(HTTPField(name: name, value: value))
        }
        return response
    }

    /// Of what a proxy is told, in the order of the values. All are valid, and found to be so once.
    private static let factNames = [
        "X-Auth-User", "X-Auth-Source", "X-Auth-Owner-Id", "X-Auth-Email", "X-Auth-Flags", "X-Auth-Token-Id",
    ].compactMap { HTTPField.Name($0) }
}

/// `?audience=…&flag=…&write=true`. All of it must hold, so nobody gains by adding to it.
struct AuthDemands: Sendable {
    private static let names: Set<String> = ["audience", "flag", "write"]

    private var audiences: [String] = []
    private var flags: [String] = []
    private var write = false
    private var isClear = true

    init() {}

    /// `isConfigured` says that the query is the proxy's configuration for certain: a demand that nobody
    /// knows, as a misspelt one, is then not to be passed over.
    init(_ query: NamedValues, isConfigured: Bool = false) {
        audiences = query.all("audience")
        flags = query.all("flag")
        let writes = query.all("write")
        write = writes.contains("true")
        isClear = !query.isBroken && writes.allSatisfy { $0 == "true" || $0 == "false" }
        if isConfigured, !query.names.isSubset(of: Self.names) { isClear = false }
    }

    func ask(_ question: inout TokenVerify) throws(Problem) {
        guard isClear, audiences.dropFirst().allSatisfy({ $0.isSpelt(as: audiences[0]) }) else {
            throw Problem(.forbidden, "what is demanded cannot be understood")
        }
        question.audience = audiences.first
        question.flags = flags.isEmpty ? nil : flags
        question.write = write ? true : nil
    }
}

extension String {
    /// As it may stand in a header, whatever a directory holds: all but visible ASCII is percent-encoded,
    /// and so are the percent sign and the comma.
    var headerSafe: String {
        // Nearly all are safe as they are.
        guard !utf8.allSatisfy(\.isHeaderSafe) else { return self }
        var text = ""
        for byte in utf8 {
            if byte.isHeaderSafe {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}

extension UInt8 {
    fileprivate var isHeaderSafe: Bool {
        isVisible && self != UInt8(ascii: "%") && self != UInt8(ascii: ",")
    }
}
