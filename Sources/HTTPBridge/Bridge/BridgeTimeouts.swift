/// How long a client may keep a connection waiting. Theirs are the limits; tests have less time.
package struct BridgeTimeouts: Hashable, Sendable {
    /// For the whole head of the next request.
    package var idle = Duration.seconds(BridgeLimits.idleSeconds)
    /// For the whole body, from when its head was there.
    package var body = Duration.seconds(BridgeLimits.bodySeconds)
    /// For reading on in an answer that no buffer holds any more.
    package var answer = Duration.seconds(BridgeLimits.answerSeconds)

    package init() {}
}
