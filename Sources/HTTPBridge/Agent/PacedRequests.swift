internal import AgentProtocol
internal import Synchronization

/// The agent as one request of a client reaches it: with wrong passwords slowed.
final class PacedRequests: AgentRequests {
    private let agent: any AgentRequests
    private let pace: PasswordPace
    /// Who asks. Only passwords need to know.
    private let client: @Sendable () -> String
    /// Whether the request's password, of which there is one, has been right: no second question stands in
    /// line with other people's guesses.
    private let isProven = Mutex(false)

    init(agent: any AgentRequests, pace: PasswordPace, client: @escaping @Sendable () -> String) {
        self.agent = agent
        self.pace = pace
        self.client = client
    }

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        guard case .password(let login, _, _) = credentials else {
            return try await agent.call(params, as: credentials)
        }
        if isProven.withLock({ $0 }) { return try await ask(params, credentials) }
        let key = PaceBook.Key(client: client(), login: login.lowercased())
        guard await pace.takeTurn(key) else {
            throw .refused(.limitExceeded(retryAfterMS: 1000, "too many passwords are tried at once"))
        }
        defer { pace.giveTurn(key) }
        do throws(AgentFailure) {
            let answer = try await ask(params, credentials)
            pace.note(key, wrong: false)
            isProven.withLock { $0 = true }
            return answer
        } catch {
            if error.isBadCredentials { pace.note(key, wrong: true) }
            throw error
        }
    }

    private func ask<P: MethodParams>(
        _ params: P, _ credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        guard pace.enter() else {
            throw .refused(.directoryUnavailable("too many passwords wait for the directory"))
        }
        defer { pace.leave() }
        return try await agent.call(params, as: credentials)
    }
}
