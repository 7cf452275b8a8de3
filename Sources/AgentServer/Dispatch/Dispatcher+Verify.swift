import AgentCore
import AgentProtocol
import NIOCore
import TokenCore

extension Dispatcher {
    /// The ordinary verify: on the event loop, from memory.
    @inline(__always)
    func verify(
        _ presented: PresentedToken?, for demand: VerifyDemand, id: UnsafeRawBufferPointer, at now: Timestamp,
        _ right: VerifierRight, refused: RefusedAnswers, into buffer: inout ByteBuffer
    ) {
        guard let presented else {
            agent.noteMalformed(right)
            return AnswerWriter.inactive(id: id, .malformed, into: &buffer)
        }
        let demand = demand.isEmpty ? Demand() : Demand(demand)
        let verdict = agent.verify(presented, for: demand, at: now, right) { token in
            // Joins what was rendered when owner and terms were put into the index.
            presented.withUserCode { code in
                AnswerWriter.active(
                    id: id, code: code, owner: token.ownerAnswer, terms: token.termsAnswer,
                    expiresAt: token.facts.expiresAt.map(WireTime.init), into: &buffer)
            }
        }
        guard let reason = TokenVerify.Reason(verdict) else { return }
        if !refused.takes(reason, id: id) { AnswerWriter.inactive(id: id, reason, into: &buffer) }
    }

    /// A verify that is not plain: its token in two halves, or escaped. False when it needs the long way.
    func verify(
        _ params: borrowing VerifyParams, id: UnsafeRawBufferPointer, _ right: VerifierRight,
        refused: RefusedAnswers, into buffer: inout ByteBuffer
    ) -> Bool {
        let presented: PresentedToken?
        switch params.presented {
        case .token(let text): presented = PresentedToken(token: text)
        case .codes(let user, let pass): presented = PresentedToken(userCode: user, passCode: pass)
        case .onBehalf: return false
        }
        verify(presented, for: params.demand, id: id, at: agent.now, right, refused: refused, into: &buffer)
        return true
    }
}
