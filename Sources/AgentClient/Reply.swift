internal import AgentProtocol
internal import NIOCore

/// What came for a call.
enum Reply {
    case verdict(TokenVerify.Answer)
    /// Any result, as the daemon wrote it.
    case text(ByteBuffer)

    func verdict() throws(CallFailure) -> TokenVerify.Answer {
        switch self {
        case .verdict(let verdict): return verdict
        case .text(let json):
            do { return try AnswerDecoder.result(TokenVerify.Answer.self, json) } catch {
                throw .failed(error)
            }
        }
    }
}
