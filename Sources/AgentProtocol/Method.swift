/// A method of the socket protocol, by its name on the wire.
public enum Method: String, CaseIterable, Hashable, Sendable, Codable {
    case tokenVerify = "token.verify"
    case tokenCreate = "token.create"
    case tokenShow = "token.show"
    case tokenList = "token.list"
    case tokenUpdate = "token.update"
    case tokenRotate = "token.rotate"
    case tokenReveal = "token.reveal"
    case tokenRevoke = "token.revoke"
    case tokenRestore = "token.restore"
    case tokenPurge = "token.purge"
    case tokenExplain = "token.explain"
    case auditList = "audit.list"
    case auditVerify = "audit.verify"
    case keyRotate = "key.rotate"
    case keyStatus = "key.status"
    case directorySync = "directory.sync"
    case directoryStatus = "directory.status"
    case directoryTest = "directory.test"
    case directoryForget = "directory.forget"
    case userShow = "user.show"
    case userList = "user.list"
    case userExplain = "user.explain"
    case eventsSubscribe = "events.subscribe"
    case agentStatus = "agent.status"
    case agentWhoami = "agent.whoami"
    case rpcDiscover = "rpc.discover"

    /// The method of that name, compared byte by byte: names are case-sensitive.
    public init?(bytes: UnsafeRawBufferPointer) {
        // Almost every request is a verify; the others can afford a walk.
        if bytes.equals("token.verify") {
            self = .tokenVerify
            return
        }
        for (name, method) in Self.names where bytes.elementsEqual(name) {
            self = method
            return
        }
        return nil
    }

    /// Whether it is answered within `Limits.requestDeadlineSeconds`. The others read directories, or go over
    /// many tokens or all of the audit trail, and take the time that takes.
    public var hasDeadline: Bool {
        switch self {
        case .directorySync, .directoryTest, .directoryForget, .tokenPurge, .auditVerify, .keyRotate: false
        default: true
        }
    }

    /// Whether it changes tokens, keys or what is known of people: whoever got no answer has to look.
    public var changesSomething: Bool {
        switch self {
        case .tokenCreate, .tokenUpdate, .tokenRotate, .tokenRevoke, .tokenRestore, .tokenPurge, .keyRotate,
            .directorySync, .directoryForget:
            true
        default: false
        }
    }

    /// Whether its answer may be large, or takes more than a look. A connection is given one of these after
    /// the other, as it reads them.
    public var isBulky: Bool {
        switch self {
        case .tokenList, .tokenExplain, .userShow, .userExplain, .userList, .auditList, .agentStatus,
            .rpcDiscover:
            true
        default: false
        }
    }

    private static let names = allCases.map { (Array($0.rawValue.utf8), $0) }
}
