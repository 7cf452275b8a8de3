/// What a directory said of a login and a password. That it could not say is a `DirectoryError`, never
/// `wrong`.
package enum PasswordCheck: Hashable, Sendable {
    /// The password is theirs. They may be disabled all the same: see `Person.disabled`.
    case right(Person)
    /// Not theirs, or theirs but the directory does not let them in: locked, expired.
    case wrong
    /// Nobody has this login, or it is the e-mail address of several.
    case unknownLogin
}

extension DirectorySource {
    /// Sources that hold no passwords need not say so.
    package func authenticate(
        _ login: String, _ password: Password, knownBy former: String?, notBehind horizon: Horizon
    ) async throws(DirectoryError) -> PasswordCheck {
        throw .misconfigured(detail: "the directory \(name) cannot check passwords")
    }
}
