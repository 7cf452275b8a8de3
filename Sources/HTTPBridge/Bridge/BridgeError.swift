package enum BridgeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Listening there has not been allowed. Change `http.listen`, or allow it.
    case refusedAddress(String)
    /// The address cannot be had now: somebody else may have it, or it is not this host's yet. Try again.
    case cannotListen(reason: String)

    package var description: String {
        switch self {
        case .refusedAddress(let reason), .cannotListen(let reason): reason
        }
    }
}
