/// One request, as places within its line: nothing is copied, and the frame is worth nothing without the
/// line.
public struct RequestFrame: Hashable, Sendable {
    /// nil for a notification, which is never answered; else the raw text of the id, to be echoed as it
    /// stands.
    public let id: Range<Int>?
    /// nil when there is no method of that name.
    public let method: Method?
    public let params: Params

    public enum Params: Hashable, Sendable {
        /// Not given: as `{}`.
        case none
        case object(Range<Int>)
        /// Legal in JSON-RPC 2.0 (section 4.2, by position), refused here: every member has a name.
        case array
    }

    public var isNotification: Bool { id == nil }

    /// Why the request cannot be handed to any method, with the request's own id; nil when it can.
    public var refusal: RPCError? {
        if method == nil { return .methodNotFound() }
        if params == .array { return .invalidParams(member: nil, "params must be an object") }
        return nil
    }

    /// The raw text of the id within the line, for the answer; nil for a notification.
    public func id(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        id.map { UnsafeRawBufferPointer(rebasing: line[$0]) }
    }

    /// The text of the params object within the line; empty when there is none, which every decoder takes
    /// as `{}`.
    public func params(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard case .object(let range) = params else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: line[range])
    }
}

/// What one line turned out to be.
public enum RequestLine: Hashable, Sendable {
    case single(RequestFrame)
    /// Between 1 and `Limits.batchMax` entries, in order; one that is no request is answered with `id:null`.
    case batch([BatchEntry])
    /// To be answered with `id:null`; the connection goes on.
    case failure(RPCError)

    public enum BatchEntry: Hashable, Sendable {
        case request(RequestFrame)
        case failure(RPCError)
    }
}
