import AgentProtocol
import Testing

@testable import HTTPBridge

struct QueryValueTests {
    /// An agent of which a token is deleted between the list and the look at its value.
    private struct Forgetful: AgentRequests {
        func call<P: MethodParams>(
            _ params: P, as credentials: Credentials?
        ) async throws(AgentFailure) -> P.Answer {
            guard let look = params as? TokenReveal else { throw .unreachable("not asked for") }
            guard look.id != "revoked0" else {
                var error = RPCError.conflict("token revoked0 is revoked")
                error.data?.conflict = "token_ended"
                throw .refused(error)
            }
            guard look.id != "deleted0", let answer = TokenReveal.Answer(token: Secret("s")) as? P.Answer
            else { throw .refused(.notFound("there is no such token")) }
            return answer
        }
    }

    private func token(_ id: String, retrievable: Bool = true) -> TokenMetadata {
        let time = WireTime(milliseconds: 0)
        return TokenMetadata(
            id: id, owner: Owner(source: "corp", id: "1", login: "alice", email: nil), audience: "query",
            name: "", write: true, flags: [], createdAt: time, updatedAt: time, expiresAt: nil,
            lastUsedAt: nil, state: .active, retrievable: retrievable)
    }

    @Test("What ends while the list is read is not in it, and what nobody can see is")
    func leavesOut() async throws {
        let tokens = [
            token("revoked0"), token("shown000"), token("deleted0"), token("unseen00", retrievable: false),
        ]
        let server = QueryServer(clock: { WireTime(milliseconds: 0) })
        let values = try await server.values(of: tokens, Forgetful(), as: .token(Secret("t")))
        #expect(values.map { $0 == nil } == [true, false, true, false])
        #expect(values[1]?.secret?.exposed == "s")
        #expect(values[3]?.secret == nil)
    }
}
