package import TokenCore
import TokenStorage

extension Agent {
    /// What somebody may do who shows a directory login, or an e-mail address, and its password.
    ///
    /// Sources are asked in their order. One that cannot answer is an error and not a wrong password: the
    /// person may be in it, and must not be let in elsewhere by somebody else's.
    package func caller(
        login: String, password: Password, source: String?
    ) async throws(AgentError) -> Caller {
        do {
            let caller = try await judge(login, password, source)
            measures.checkedPassword(.right)
            return caller
        } catch {
            switch error {
            case .badCredentials: measures.checkedPassword(.wrong)
            case .directoryUnavailable: measures.checkedPassword(.unavailable)
            default: break
            }
            throw error
        }
    }

    private func judge(
        _ login: String, _ password: Password, _ source: String?
    ) async throws(AgentError) -> Caller {
        guard !password.isEmpty, !login.isEmpty else { throw .badCredentials }
        // A token in the place of a login or a password is not for a directory to see.
        guard !SecretLikeness.isThere(in: login), !password.isToken else { throw .badCredentials }
        for directory in try sync.selected(source, member: "as.source") {
            let former = try await sync.idAttribute(of: directory.source.name)
            let horizon = try await sync.horizon(of: directory.source)
            let check: PasswordCheck
            DirectoryWait.current?.begin(directory.source.name)
            defer { DirectoryWait.current?.end() }
            do {
                check = try await directory.source.authenticate(
                    login, password, knownBy: former, notBehind: horizon)
            } catch {
                throw .directoryUnavailable("\(directory.source.name): \(error)")
            }
            switch check {
            case .unknownLogin: continue
            case .wrong: throw .badCredentials
            case .right(let person): return try await caller(authenticated: person)
            }
        }
        throw .badCredentials
    }

    /// The directory's word on who they are; who is disabled there, or left, is let in nowhere.
    private func caller(authenticated person: Person) async throws(AgentError) -> Caller {
        guard person.standing == .present else { throw .badCredentials }
        let known = try await read { try $0.person(person.id) }
        let record = known ?? PersonRecord(person: person, standing: .present, since: clock())
        // One reading may lag behind the directory, but what it took away stays away until the next one.
        guard record.standing == .present else { throw .badCredentials }
        var caller = Caller(
            name: "login \(person.id.source):\(person.login)", login: person.login,
            roles: settings.access.roles(of: record), owner: OwnerLabels(record))
        caller.how = "password, by a bind to \(person.id.source)"
        return caller
    }
}
