import TokenCore

/// How changes between two full readings are told, and why in this way.
package struct ChangesMethod: Hashable, Sendable {
    /// As in reports, or `full only`.
    package var method: String
    package var why: String

    /// The cookie decides: with one, changes are asked for from there on; without, everybody is read.
    init(_ state: SourceState, held: Bool, isCurrent: Bool, isWatched: Bool) {
        method = "full only"
        if let cookie = state.cookie, held || !isCurrent {
            why =
                "\(cookie.kind.method) waits: "
                + (held
                    ? "a plan is held, and settled by reading everybody" : "the configuration has changed")
        } else if let cookie = state.cookie {
            method = cookie.kind.method
            why =
                cookie.kind.reason + (state.changesRefusal.map { ": \($0)" } ?? "")
                + (isWatched ? "; a connection is open on which it tells at once" : "")
        } else if state.lastCompleteAt == nil {
            why = "changes are told after a first full reading"
        } else {
            why = state.changesRefusal ?? "the last full reading could not begin with changes"
        }
    }

    /// Nobody reads it any more.
    init(unconfigured _: SourceState) {
        (method, why) = ("none", "it is not configured any more")
    }
}

extension ChangeCookie.Kind {
    /// Methods are tried in this order, and the first that works is taken.
    fileprivate var reason: String {
        switch self {
        case .contentSync: "the server takes content sync (RFC 4533)"
        case .dirSync: "the server takes DirSync"
        case .usnChanged, .modifyTimestamp:
            "departures are found by full readings only, as no better method works here"
        }
    }
}
