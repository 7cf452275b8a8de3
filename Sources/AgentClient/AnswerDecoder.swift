internal import AgentProtocol
internal import Foundation
internal import NIOCore

/// Turns the JSON of answers into values.
enum AnswerDecoder {
    static func result<R: Decodable>(_ type: R.Type, _ json: ByteBuffer) throws(AgentClientError) -> R {
        do {
            return try JSONDecoder().decode(type, from: Data(json.readableBytesView))
        } catch {
            // The decoder's own words may quote values, and a value may be a secret.
            throw .protocolViolation("a result that is no \(type)")
        }
    }

    static func verdict(_ outcome: PendingCall.Outcome) throws(CallFailure) -> TokenVerify.Answer {
        let json = try outcome.get()
        do { return try result(TokenVerify.Answer.self, json) } catch { throw .failed(error) }
    }

    static func error(_ json: UnsafeRawBufferPointer) -> AgentClientError {
        do {
            return .refused(try JSONDecoder().decode(RPCError.self, from: Data(json)))
        } catch {
            return .protocolViolation("an error that cannot be read")
        }
    }
}
