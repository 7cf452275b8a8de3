internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

extension Standards {
    /// This process answers: all that a supervisor wants to know.
    func health(_ exchange: Exchange) async throws -> Response {
        try .json(.ok, ["status": "ok"])
    }

    /// Ready when the agent answers. A directory that cannot be read is a reason to look, and none to send
    /// callers elsewhere: tokens are judged from memory.
    func readiness(_ exchange: Exchange) async throws -> Response {
        var checks: [Check] = []
        do throws(AgentFailure) {
            _ = try await exchange.agent.call(AgentStatus())
            checks.append(Check(check: "agent", ok: true))
            for source in try await exchange.agent.call(DirectoryStatus()).sources {
                checks.append(Self.check(source))
            }
        } catch {
            checks.append(Check(check: "agent", ok: false, detail: error.detail))
        }
        let isReady = checks.allSatisfy { $0.ok || $0.check != "agent" }
        return try .json(
            isReady ? .ok : .serviceUnavailable,
            Readiness(status: isReady ? "ready" : "not ready", checks: checks))
    }

    /// No error texts: they name servers, and anybody may ask.
    private static func check(_ source: DirectoryStatus.Source) -> Check {
        var reasons: [String] = []
        if source.lastCompleteAt == nil { reasons.append("never read completely") }
        if source.error != nil { reasons.append("the last reading failed") }
        if source.held != nil { reasons.append("a safety guard holds a plan") }
        if source.unconfirmed != nil { reasons.append("owners could not be confirmed") }
        return Check(
            check: "directory \(source.source)", ok: reasons.isEmpty,
            detail: reasons.isEmpty ? nil : reasons.joined(separator: "; "))
    }

    private struct Readiness: Encodable {
        let status: String
        let checks: [Check]
    }

    private struct Check: Encodable {
        let check: String
        let ok: Bool
        var detail: String?
    }
}
