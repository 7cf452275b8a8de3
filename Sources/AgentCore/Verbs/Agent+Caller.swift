package import TokenCore
import TokenStorage

extension Agent {
    /// The right to verify, if a connection has it. Touches memory only.
    package func verifier(for peer: Peer) -> VerifierRight? {
        let caller = Caller(name: "uid \(peer.uid)", login: nil, roles: settings.access.roles(of: peer))
        do { return try caller.verifier() } catch { return nil }
    }

    /// What a connection may do, by the kernel's word and the configuration.
    /// `login` is the local name of its uid; nil when it has none.
    package func caller(for peer: Peer, login: String?) async throws(AgentError) -> Caller {
        let roles = settings.access.roles(of: peer)
        var owner: OwnerLabels?
        if roles.contains(.self), let login {
            let names = sync.names
            let people = try await read { reader in
                try reader.withoutLeftovers(
                    reader.people(login: login, source: nil).filter { names.contains($0.id.source) })
            }
            // A login in two directories is two people: then the local user is neither.
            if people.count == 1, people[0].standing == .present { owner = OwnerLabels(people[0]) }
        }
        return Self.caller(peer, login, roles, owner)
    }

    /// Who makes tokens over a connection. Of an admin nothing is read: whom they are in a directory makes no
    /// difference.
    package func maker(for peer: Peer, login: String?) async throws(AgentError) -> Caller {
        let roles = settings.access.roles(of: peer)
        guard roles.contains(.admin) else { return try await caller(for: peer, login: login) }
        return Self.caller(peer, login, roles, nil)
    }

    private static func caller(
        _ peer: Peer, _ login: String?, _ roles: Set<Role>, _ owner: OwnerLabels?
    ) -> Caller {
        let name = "uid \(peer.uid)" + (login.map { " (\($0))" } ?? "")
        var caller = Caller(name: name, login: login, roles: roles, owner: owner)
        caller.how = "kernel, process \(peer.pid)"
        return caller
    }

    /// What the bearer of a token may do, wherever they call from.
    package func caller(bearing presented: PresentedToken?) async throws(AgentError) -> Caller {
        guard let presented, case .active(let token, let owner) = judge(presented, for: Demand()) else {
            throw .badCredentials
        }
        let name = "token \(token.id) (\(owner.login))"
        let person =
            try await read { try $0.person(owner.id) }
            ?? PersonRecord(service: owner.id, since: startedAt)
        var caller = Caller(
            name: name, login: owner.login, roles: roles(of: person),
            owner: OwnerLabels(id: owner.id, login: owner.login, email: owner.email),
            bearer: Bearer(presented),
            readOnly: !token.terms.write)
        caller.how = "token"
        return caller
    }

    /// Of somebody whose directory is configured no more nobody hears whether they are still who the rules
    /// mean: they manage their own, and nothing else.
    private func roles(of person: PersonRecord) -> Set<Role> {
        let roles = settings.access.roles(of: person)
        let isVouchedFor = person.id.isService || sync.names.contains(person.id.source)
        return isVouchedFor ? roles : roles.intersection([.self])
    }
}

extension PersonRecord {
    /// A service as the access rules see it: somebody by the name of its id.
    fileprivate init(service: OwnerID, since: Timestamp) {
        self.init(person: Person(id: service, login: service.id, dn: ""), standing: .present, since: since)
    }
}
