import AgentCore
import AgentProtocol
import TokenCore

/// A method a function: the params in the agent's words, the right it needs, the verb, the answer in the
/// protocol's words.
extension Dispatcher {
    func create(_ params: TokenCreate, _ asker: Asker) async throws -> CreatedToken {
        let right = try pacedWriter(asker)
        return CreatedToken(try await agent.create(CreateRequest(params), right))
    }

    func verify(_ params: TokenVerify, _ asker: Asker) async throws -> TokenVerify.Answer {
        let right = try asker.caller.verifier()
        guard let presented = params.presentedToken else {
            agent.noteMalformed(right)
            return .inactive(.malformed)
        }
        return agent.verify(presented, for: Demand(params), right).answer
    }

    func show(_ params: TokenShow, _ asker: Asker) async throws -> TokenMetadata {
        TokenMetadata(try await agent.show(UserCode(id: params.id), asker.caller.reader()))
    }

    func list(_ params: TokenList, _ asker: Asker) async throws -> TokenList.Answer {
        TokenList.Answer(try await agent.list(ListRequest(params), asker.caller.reader()))
    }

    func update(_ params: TokenUpdate, _ asker: Asker) async throws -> TokenMetadata {
        TokenMetadata(try await agent.update(UpdateRequest(params), pacedWriter(asker)))
    }

    func rotate(_ params: TokenRotate, _ asker: Asker) async throws -> CreatedToken {
        CreatedToken(try await agent.rotate(RotateRequest(params), pacedWriter(asker)))
    }

    func reveal(_ params: TokenReveal, _ asker: Asker) async throws -> TokenReveal.Answer {
        let issued = try await agent.reveal(UserCode(id: params.id), pacedWriter(asker))
        return TokenReveal.Answer(token: issued.secret)
    }

    func revoke(_ params: TokenRevoke, _ asker: Asker) async throws -> TokenMetadata {
        guard let token = params.token else {
            let id = try UserCode(id: params.id ?? "")
            return TokenMetadata(try await agent.revoke(id, reason: params.reason, asker.caller.writer()))
        }
        guard let presented = PresentedToken(token) else { throw AgentError.noSuchSecret }
        return TokenMetadata(
            try await agent.revoke(presented, reason: params.reason, by: asker.caller.author))
    }

    func restore(_ params: TokenRestore, _ asker: Asker) async throws -> TokenMetadata {
        TokenMetadata(try await agent.restore(UserCode(id: params.id), asker.caller.admin()))
    }

    func purge(_ params: TokenPurge, _ asker: Asker) async throws -> TokenPurge.Answer {
        TokenPurge.Answer(try await agent.purge(PurgeRequest(params), asker.caller.admin()))
    }

    func explain(_ params: TokenExplain, _ asker: Asker) async throws -> TokenExplain.Answer {
        TokenExplain.Answer(try await agent.explain(UserCode(id: params.id), asker.caller.reader()))
    }

    func auditList(_ params: AuditList, _ asker: Asker) async throws -> AuditList.Answer {
        AuditList.Answer(try await agent.audit(AuditRequest(params), asker.caller.admin()))
    }

    func auditVerify(_ params: AuditVerify, _ asker: Asker) async throws -> AuditVerify.Answer {
        let head = try params.auditHead
        return AuditVerify.Answer(try await agent.verifyAudit(against: head, asker.caller.admin()))
    }

    func keyRotate(_: KeyRotate, _ asker: Asker) async throws -> KeyRotate.Answer {
        KeyRotate.Answer(try await agent.rotateKey(asker.caller.admin()))
    }

    func keyStatus(_: KeyStatus, _ asker: Asker) async throws -> KeyStatus.Answer {
        KeyStatus.Answer(try await agent.keyStatus(asker.caller.admin()))
    }

    func sync(_ params: DirectorySync, _ asker: Asker) async throws -> DirectorySync.Answer {
        let reports = try await agent.sync(SyncRequest(params), asker.caller.admin())
        return DirectorySync.Answer(reports: reports.map(DirectorySync.Report.init))
    }

    func directoryStatus(_: DirectoryStatus, _ asker: Asker) async throws -> DirectoryStatus.Answer {
        let sources = try await agent.directoryStatus(asker.caller.verifier())
        return DirectoryStatus.Answer(sources: sources.map(DirectoryStatus.Source.init))
    }

    func directoryForget(
        _ params: DirectoryForget, _ asker: Asker
    ) async throws -> DirectoryForget.Answer {
        let forgotten = try await agent.forget(
            source: params.source, dryRun: params.dryRun ?? false, asker.caller.admin())
        return DirectoryForget.Answer(
            source: forgotten.source, dryRun: forgotten.dryRun, people: forgotten.people,
            purged: forgotten.purged)
    }

    func directoryTest(_ params: DirectoryTest, _ asker: Asker) async throws -> DirectoryTest.Answer {
        let examined = try await agent.examineDirectories(source: params.source, asker.caller.admin())
        return DirectoryTest.Answer(
            checks: examined.flatMap { source, checks in
                checks.map { DirectoryTest.Check(source: source, $0) }
            })
    }

    func userShow(_ params: UserShow, _ asker: Asker) async throws -> UserShow.Answer {
        let right = try asker.caller.reader()
        let query = try params.user.map(OwnerQuery.init) ?? asker.caller.own
        let user = try await agent.user(query, right)
        return UserShow.Answer(user, access: agent.settings.access)
    }

    func userList(_ params: UserList, _ asker: Asker) async throws -> UserList.Answer {
        let (lines, next) = try await agent.users(UsersRequest(params), asker.caller.reader())
        return UserList.Answer(lines, next: next, access: agent.settings.access)
    }

    func userExplain(_ params: UserExplain, _ asker: Asker) async throws -> UserExplain.Answer {
        let story = try await agent.explain(OwnerQuery(params.user), asker.caller.reader())
        return UserExplain.Answer(story, access: agent.settings.access)
    }

    func subscribe(_ params: EventsSubscribe, _ asker: Asker) async throws -> EventsSubscribe.Answer {
        let right = try asker.caller.verifier()
        guard let subscribing = asker.subscribing else {
            throw AgentError.notPermitted("events are told to a connection, by its own role")
        }
        let kinds = Set((params.kinds ?? EventKind.allCases).map(AuditEvent.Kind.init))
        let id = try subscribing.add { wake in agent.subscribe(to: kinds, right, wake: wake) }
        return EventsSubscribe.Answer(subscription: id)
    }

    func status(_ params: AgentStatus, _ asker: Asker) async throws -> AgentStatus.Answer {
        let right = try asker.caller.verifier()
        let facts = try await agent.status(right)
        var answer = AgentStatus.Answer(facts, version: version, connections: connections.all)
        answer.awaitingRestart = surroundings.awaitingRestart()
        answer.http = surroundings.http()
        if params.metrics == true {
            try await agent.measure(facts, right)
            answer.metrics = surroundings.exposition()
        }
        return answer
    }

    func discover(_: RPCDiscover, _: Asker) async throws -> RPCDiscover.Answer {
        OpenRPC.document(version: version)
    }

    func whoami(_: AgentWhoami, _ asker: Asker) async throws -> AgentWhoami.Answer {
        let (peer, caller) = (asker.peer, asker.caller)
        return AgentWhoami.Answer(
            uid: peer.uid, gid: peer.gid, pid: peer.pid, login: caller.login,
            roles: caller.roles.map(\.rawValue).sorted(),
            owner: caller.owner.map { Owner($0.id, $0.login, $0.email) },
            token: try await agent.token(of: caller).map(TokenMetadata.init))
    }

    /// Who may write, and does not do so faster than one may: each of these leaves a line in the audit trail.
    /// Revoking is never held back; a token ends once.
    private func pacedWriter(_ asker: Asker) throws -> TokenRight {
        let right = try asker.caller.writer()
        try paces.admitChange(by: asker, at: .now)
        return right
    }
}
