extension RPCError {
    /// An error of a known code, with its stable word and a sentence for people.
    public init(_ code: Code, detail: String? = nil) {
        var data = Details(reason: code.reason)
        data.detail = detail
        self.init(code: code.rawValue, message: code.message, data: data)
    }

    /// -32700: the line is not JSON (RFC 8259).
    public static func parseError(_ detail: String? = nil) -> RPCError {
        RPCError(.parseError, detail: detail)
    }

    /// -32600: the line is JSON, but not a request.
    public static func invalidRequest(_ detail: String? = nil) -> RPCError {
        RPCError(.invalidRequest, detail: detail)
    }

    /// -32601
    public static func methodNotFound(_ detail: String? = nil) -> RPCError {
        RPCError(.methodNotFound, detail: detail)
    }

    /// -32602, naming the member that is wrong.
    public static func invalidParams(member: String?, _ detail: String) -> RPCError {
        var error = RPCError(.invalidParams, detail: detail)
        error.data?.member = member
        return error
    }

    /// -32603: a mistake of the daemon's own.
    public static func internalError(_ detail: String? = nil) -> RPCError {
        RPCError(.internalError, detail: detail)
    }

    /// -32001: the caller is known, and may not do this.
    public static func notPermitted(_ detail: String? = nil) -> RPCError {
        RPCError(.notPermitted, detail: detail)
    }

    /// -32001 with the reason `bad_credentials`: `params.as` is wrong.
    public static func badCredentials(_ detail: String? = nil) -> RPCError {
        var error = RPCError(.notPermitted, detail: detail)
        error.data?.reason = badCredentialsReason
        return error
    }

    /// The second stable word of -32001.
    public static let badCredentialsReason = "bad_credentials"

    /// -32002: there is no such record. Never "cannot answer now".
    public static func notFound(_ detail: String? = nil) -> RPCError { RPCError(.notFound, detail: detail) }

    /// -32003
    public static func conflict(_ detail: String? = nil) -> RPCError { RPCError(.conflict, detail: detail) }

    /// -32004: a safety guard stopped it, nothing was done; `plan` can be approved.
    public static func held(plan: String, _ detail: String? = nil) -> RPCError {
        var error = RPCError(.held, detail: detail)
        error.data?.plan = plan
        return error
    }

    /// -32005: the directory cannot be read now. Never "empty".
    public static func directoryUnavailable(_ detail: String? = nil) -> RPCError {
        RPCError(.directoryUnavailable, detail: detail)
    }

    /// -32006
    public static func storageUnavailable(_ detail: String? = nil) -> RPCError {
        RPCError(.storageUnavailable, detail: detail)
    }

    /// -32007
    public static func limitExceeded(retryAfterMS: Int? = nil, _ detail: String? = nil) -> RPCError {
        var error = RPCError(.limitExceeded, detail: detail)
        error.data?.retryAfterMS = retryAfterMS
        return error
    }

    /// -32008
    public static func shuttingDown() -> RPCError { RPCError(.shuttingDown) }
}

extension RPCError: CustomStringConvertible {
    public var description: String {
        var text = "\(message) (\(code)"
        if let reason { text += " \(reason)" }
        if let member = data?.member { text += ", \(member)" }
        text += ")"
        if let detail = data?.detail { text += ": \(detail)" }
        return text
    }
}
