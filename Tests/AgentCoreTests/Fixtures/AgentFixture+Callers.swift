import AgentCore
import TokenCore

/// The callers of the tests, and the rights they hold.
extension AgentFixture {
    var root: Caller { Caller(name: "uid 0 (root)", login: "root", roles: [.admin]) }

    func admin() throws -> AdminRight { try root.admin() }
    func verifier() throws -> VerifierRight { try root.verifier() }
    /// Over everybody's tokens.
    func everyone() throws -> TokenRight { try root.writer() }

    /// Over one's own tokens.
    func own(_ login: String) throws -> TokenRight {
        let caller = Caller(
            name: "uid 1000 (\(login))", login: login, roles: [.self],
            owner: OwnerLabels(id: corp.owner(login), login: login))
        return try caller.writer()
    }
}
