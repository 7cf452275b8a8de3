import AgentCore
import AgentProtocol
import NIOCore
import TokenCore

extension Dispatcher {
    /// The ordinary verify: on the event loop, from memory. False when it needs the long way.
    func verify(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, _ right: VerifierRight,
        into buffer: inout ByteBuffer
    ) -> Bool {
        if frame.refusal != nil { return false }
        // A notification is never answered, and a verify does nothing else.
        guard let id = frame.id(in: line) else { return true }
        do throws(RPCError) {
            let params = try VerifyScanner.scan(frame.params(in: line))
            let presented: PresentedToken?
            switch params.presented {
            case .token(let text): presented = PresentedToken(token: text)
            case .codes(let user, let pass): presented = PresentedToken(userCode: user, passCode: pass)
            case .onBehalf: return false
            }
            guard let presented else {
                AnswerWriter.inactive(id: id, .malformed, into: &buffer)
                return true
            }
            switch agent.verify(presented, for: Demand(params), right) {
            case .active(let token, let owner): answer(id, token, owner, into: &buffer)
            case let refusal:
                if case .inactive(let reason) = refusal.answer {
                    AnswerWriter.inactive(id: id, reason, into: &buffer)
                }
            }
        } catch {
            AnswerWriter.error(id: id, error, into: &buffer)
        }
        return true
    }

    /// Joins what was rendered when owner and terms were put into the index.
    @inline(__always)
    private func answer(
        _ id: UnsafeRawBufferPointer, _ token: IndexedToken, _ owner: IndexedOwner,
        into buffer: inout ByteBuffer
    ) {
        token.id.withBytes { code in
            AnswerWriter.active(
                id: id, code: code, owner: owner.answer.bytes, terms: token.terms.answer.bytes,
                expiresAt: token.facts.expiresAt.map(WireTime.init), into: &buffer)
        }
        // The pieces live as long as their objects.
        withExtendedLifetime((token, owner)) {}
    }
}
