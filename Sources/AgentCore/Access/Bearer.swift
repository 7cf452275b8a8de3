package import TokenCore
import TokenStorage

/// The token that somebody has shown for their right.
package struct Bearer: Hashable, Sendable {
    package let token: UserCode
    let digest: SecretDigest

    package init(_ presented: PresentedToken) {
        token = presented.userCode
        digest = presented.digest
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(token) }
}

/// A right that may rest on a token.
protocol BearersRight: Sendable {
    /// nil when it rests on a connection or a password.
    var bearer: Bearer? { get }
}

extension AdminRight: BearersRight {}
extension TokenRight: BearersRight {}

extension Agent {
    /// As `mutate`; the token that the right rests on is judged again in the turn of the change. Between the
    /// request and its turn it may have been revoked, rotated or narrowed, and must not bring forth another
    /// one that outlives it.
    func mutate<T: Sendable>(
        by right: some BearersRight, _ body: @escaping @Sendable (inout StoreWriter) throws -> T
    ) async throws(AgentError) -> T {
        try await mutate { [bearer = right.bearer, clock] writer in
            try writer.confirm(bearer, at: clock())
            return try body(&writer)
        }
    }
}

extension StoreWriter {
    /// Throws `badCredentials` when it is not good any more.
    func confirm(_ bearer: Bearer?, at now: Timestamp) throws {
        guard let bearer else { return }
        guard let token = try reader.token(bearer.token) else { throw AgentError.badCredentials }
        let standing =
            token.owner.isService ? .present : try reader.person(token.owner)?.standing ?? .present
        guard
            token.verdict(on: bearer.digest, for: Demand(write: true), standing: standing, at: now) == .active
        else { throw AgentError.badCredentials }
    }
}
