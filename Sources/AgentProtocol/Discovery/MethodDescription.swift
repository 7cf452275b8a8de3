/// What a method is, kept beside its messages: params are checked against it, and `rpc.discover` shows it.
public struct MethodDescription: Hashable, Sendable {
    public let method: Method
    public let summary: String
    public let callers: String
    public let params: [Schema.Property]
    public let result: Schema
    /// Those of its own; every method may also answer the general ones.
    public let errors: [RPCError.Code]

    init(_ method: Method, _ summary: String, callers: Callers, _ body: Body) {
        self.method = method
        self.summary = summary
        self.callers = callers.rawValue
        self.params = body.params
        self.result = body.result
        self.errors = body.errors
    }

    struct Body {
        var params: [Schema.Property] = []
        var result: Schema
        var errors: [RPCError.Code] = []
    }

    /// Roles, as the configuration gives them.
    enum Callers: String {
        case admin
        case adminOrSelf = "admin; self for their own"
        case adminSelfOrHolder = "admin; self for their own; whoever holds the token"
        case verifier
        case anyone = "anyone who can connect"
    }
}

/// The params of one method.
public protocol MethodParams: Codable, Hashable, Sendable {
    associatedtype Answer: Codable & Sendable

    static var description: MethodDescription { get }

    /// What no schema says: members that exclude or need each other. Throws -32602, naming the member.
    func check() throws(RPCError)
}

extension MethodParams {
    public static var method: Method { description.method }

    /// The names of its members. `as` is not among them: any request may carry it.
    public static var members: [String] { description.params.map(\.name) }

    public func check() throws(RPCError) {}
}
