import AgentCore
import AgentProtocol

/// One request, taken out of its line so that it can be answered later.
struct Call: Sendable {
    /// nil for a notification.
    let id: [UInt8]?
    let method: Method?
    let params: [UInt8]
    /// Why no method can take it.
    let refusal: RPCError?
    let peer: Peer
    /// Who asks, where that is not for the peer's credentials to say.
    let caller: Caller?
    /// Where its subscriptions are put, if it makes any; nil without a connection.
    let subscribing: Subscribing?

    var isBulky: Bool { method?.isBulky == true }

    init(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, peer: Peer, subscribing: Subscribing? = nil,
        refusal: RPCError? = nil
    ) {
        id = frame.id(in: line).map(Array.init)
        method = frame.method
        params = Array(frame.params(in: line))
        self.refusal = refusal ?? frame.refusal
        self.peer = peer
        caller = nil
        // A subscription whose id nobody is told could not be told from another.
        self.subscribing = id == nil ? nil : subscribing
    }

    init(_ method: Method, params: [UInt8], peer: Peer, caller: Caller) {
        id = nil
        self.method = method
        self.params = params
        refusal = nil
        self.peer = peer
        self.caller = caller
        subscribing = nil
    }
}
