/// An error answer of JSON-RPC 2.0 (section 5.1), with what the protocol adds in `data`.
///
/// `message` is for people and may change; `code` and `data.reason` are stable. No member ever carries a
/// secret.
public struct RPCError: Error, Hashable, Sendable, Codable {
    public var code: Int
    public var message: String
    public var data: Details?

    public init(code: Int, message: String, data: Details? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    public struct Details: Hashable, Sendable, Codable {
        /// The stable word for programs.
        public var reason: String
        /// A sentence for people.
        public var detail: String?
        /// The plan that a safety guard holds, to be approved by its id.
        public var plan: String?
        /// The member of `params` that was refused, with dots for what is nested.
        public var member: String?
        public var retryAfterMS: Int?
        /// What already is and stands in the way of it, as a word: `already_exists`, `owner_disabled`, ….
        public var conflict: String?

        public init(reason: String) { self.reason = reason }

        enum CodingKeys: String, CodingKey {
            case reason, detail, plan, member, conflict
            case retryAfterMS = "retry_after_ms"
        }
    }

    /// The codes of the protocol. An answer may carry another one, from a newer daemon.
    public enum Code: Int, CaseIterable, Hashable, Sendable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        case notPermitted = -32001
        case notFound = -32002
        case conflict = -32003
        case held = -32004
        case directoryUnavailable = -32005
        case storageUnavailable = -32006
        case limitExceeded = -32007
        case shuttingDown = -32008
    }

    /// The code as the protocol knows it.
    public var known: Code? { Code(rawValue: code) }

    /// The stable word, if the answer had one.
    public var reason: String? { data?.reason }
}

extension RPCError.Code {
    /// The stable word that goes with the code.
    public var reason: String {
        switch self {
        case .parseError: "parse_error"
        case .invalidRequest: "invalid_request"
        case .methodNotFound: "method_not_found"
        case .invalidParams: "invalid_params"
        case .internalError: "internal_error"
        case .notPermitted: "not_permitted"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .held: "held"
        case .directoryUnavailable: "directory_unavailable"
        case .storageUnavailable: "storage_unavailable"
        case .limitExceeded: "limit_exceeded"
        case .shuttingDown: "shutting_down"
        }
    }

    /// The message that goes with the code: JSON-RPC's own words for its own codes.
    public var message: String {
        switch self {
        case .parseError: "Parse error"
        case .invalidRequest: "Invalid Request"
        case .methodNotFound: "Method not found"
        case .invalidParams: "Invalid params"
        case .internalError: "Internal error"
        case .notPermitted: "Not permitted"
        case .notFound: "Not found"
        case .conflict: "Conflict"
        case .held: "Held by a safety guard"
        case .directoryUnavailable: "Directory unavailable"
        case .storageUnavailable: "Storage unavailable"
        case .limitExceeded: "Limit exceeded"
        case .shuttingDown: "Shutting down"
        }
    }
}
