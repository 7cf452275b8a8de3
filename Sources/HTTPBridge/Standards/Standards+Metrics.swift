internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Standards {
    /// What an operator watches: the bridge's own figures, and the agent's, wherever that runs.
    func measure(_ exchange: Exchange) async throws -> Response {
        let agent: String?
        do throws(AgentFailure) {
            agent = try await exchange.agent.call(AgentStatus(metrics: true)).metrics ?? ""
        } catch {
            // The bridge's own are worth most when the agent is away.
            agent = nil
        }
        let text = metrics.text(agentAnswers: agent != nil) + (agent ?? "")
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
