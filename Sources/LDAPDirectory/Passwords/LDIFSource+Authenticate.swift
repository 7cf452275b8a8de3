package import TokenCore

extension LDIFSource {
    package func authenticate(
        _ login: String, _ password: Password, knownBy former: String?, notBehind horizon: Horizon
    ) async throws(DirectoryError) -> PasswordCheck {
        guard !login.isEmpty, login.utf8.count <= LDAPSource.loginOctetsMax else { return .unknownLogin }
        guard !password.isEmpty, password.count <= BindSecret.octetsMax else { return .wrong }
        let deadline = Deadline(after: .seconds(5), phase: "checking a password")
        try await gate.enter(name, until: deadline)
        defer { gate.leave() }
        let session = try await open(within: deadline.remaining)
        try await session.checkID(knownBy: former)
        let named = try await session.find(.login(login), spelt: login)
        let people = named.isEmpty ? try await session.find(.email(login), spelt: login) : named
        guard people.count == 1 else { return .unknownLogin }
        let stored = try await session.passwords(of: people[0].id.id)
        return try await PasswordVerifier().matches(password, stored) ? .right(people[0]) : .wrong
    }
}
