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

    init(_ frame: RequestFrame, in line: UnsafeRawBufferPointer, peer: Peer) {
        id = frame.id(in: line).map(Array.init)
        method = frame.method
        params = Array(frame.params(in: line))
        refusal = frame.refusal
        self.peer = peer
    }
}
