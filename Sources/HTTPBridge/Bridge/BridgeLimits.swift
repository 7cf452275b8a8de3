/// Every limit of the bridge's own, by name, units last. Those of tokens and logins are the agent's.
enum BridgeLimits {
    /// The longest body: all of them are small objects or forms.
    static let bodyBytesMax = 16 * 1024
    static let bodySeconds = 10
    /// All header fields together. Tokens are 57 characters; cookies of other applications are what is long.
    static let headerBytesMax = 16 * 1024
    static let headerFieldsMax = 100
    /// What is read of a connection at once. Most requests are shorter.
    static let readBytesMax = 4096
    /// How long a connection may wait for its next request, or a request for its next piece.
    static let idleSeconds = 30
    /// How long a client may leave unread what does not fit into the buffers between.
    static let answerSeconds = 30
    static let connectionsMax = 1024
    /// Passwords that directories are asked about at the same time, of all clients. A directory that does not
    /// answer must not take up all connections.
    static let passwordsAtOnceMax = 128
    /// Passwords of one client for one login that wait for the one that is being judged, and for how long.
    /// Whoever has the right one is through in milliseconds, also with many requests at once.
    static let passwordsInLineMax = 64
    static let passwordTurnSeconds = 10
    /// Values shown at once where a list shows them.
    static let revealsAtOnceMax = 16
    static let entityIDBytesMax = 200
}
