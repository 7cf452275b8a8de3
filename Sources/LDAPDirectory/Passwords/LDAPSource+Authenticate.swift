import Logging
package import TokenCore

extension LDAPSource {
    /// No login is longer, and what is sent for one stays small.
    static var loginOctetsMax: Int { 1024 }

    /// Looks the login up as the agent, then binds as who was found, on another connection to the same
    /// server.
    package func authenticate(
        _ login: String, _ password: Password, knownBy former: String?, notBehind horizon: Horizon
    ) async throws(DirectoryError) -> PasswordCheck {
        guard !login.isEmpty, login.utf8.count <= Self.loginOctetsMax else { return .unknownLogin }
        // RFC 4513 5.1.2: a name with an empty password binds as nobody, and succeeds. And servers drop the
        // connection of whoever sends them something huge, which would look like an outage.
        guard !password.isEmpty, password.count <= BindSecret.octetsMax else { return .wrong }
        let deadline = Deadline(after: settings.timing.password, phase: "checking a password")
        try await gate.enter(name, until: deadline)
        defer { gate.leave() }
        let session = try await open(until: deadline, notBehind: horizon)
        guard let found = try await somebody(login, knownBy: former, session, until: deadline) else {
            return .unknownLogin
        }
        guard !found.person.dn.allSatisfy(\.isWhitespace) else { return .wrong }
        let bind = try PasswordBind(as: found.person.dn, on: found.server, settings)
        let answer = await withTaskCancellationHandler {
            await bind.attempt(password, until: deadline)
        } onCancel: {
            bind.pin.cancel()
        }
        guard let reason = try answer.get() else { return .right(found.person) }
        logger.info(
            "a password was refused: \(reason)",
            metadata: [
                "directory": "\(name)", "server": "\(found.server)", "person": "\(found.person.id.id)",
            ]
        )
        return .wrong
    }

    /// The one person a login means, and the server that said so.
    private func somebody(
        _ login: String, knownBy former: String?, _ session: LDAPSession, until deadline: Deadline
    ) async throws(DirectoryError) -> (person: Person, server: String)? {
        let found = await withTaskCancellationHandler {
            await session.tryFind(login, knownBy: former, until: deadline)
        } onCancel: {
            session.pin.cancel()
        }
        await session.close()
        let people = try found.get()
        return people.count == 1 ? (people[0], session.server) : nil
    }
}

extension LDAPSession {
    /// `withTaskCancellationHandler` does not carry typed errors.
    fileprivate func tryFind(
        _ login: String, knownBy former: String?, until deadline: Deadline
    ) -> Result<[Person], DirectoryError> {
        Result { () throws(DirectoryError) in
            try idAttribute(until: deadline).check(knownBy: former, server: server)
            return try find(loginOrEmail: login, until: deadline)
        }
    }
}
