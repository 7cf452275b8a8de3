/// Who holds a role. Rules add up.
struct AccessRule: Hashable, Sendable {
    enum Role: String, CaseIterable, Hashable, Sendable {
        case admin
        case verifier
        /// Directory people, for their own tokens. Not spelt `self`, which Swift takes for the type itself.
        case own = "self"
    }

    enum User: Hashable, Sendable {
        /// `"*"`: whoever the socket's mode lets connect.
        case anyone
        /// The user the daemon runs as. Only the default says this.
        case daemon
        case account(LocalAccount)
    }

    /// A directory login, in every source or in one.
    struct Login: Hashable, Sendable {
        var source: String?
        var login: String
    }

    var role: Role
    var users: [User] = []
    var groups: [LocalAccount] = []
    var logins: [Login] = []
    /// Everyone in the directory who matches this holds the role; it is evaluated at sync.
    var directoryFilter: String?
}

extension AccessRule {
    /// Root and the daemon's own user are admin; whoever can connect is verifier and self.
    static let defaults = [
        AccessRule(role: .admin, users: [.account(.number(0)), .daemon]),
        AccessRule(role: .verifier, users: [.anyone]),
        AccessRule(role: .own, users: [.anyone]),
    ]

    init(reading section: YAMLSection) {
        // A rule whose role could not be read is never used: the problem is reported and the load fails.
        role = section.required("role", .word) ?? .own
        users = section.list("users", of: .user)
        groups = section.list("groups", of: .account)
        logins = section.list("logins", of: .login)
        directoryFilter = section.optional("directory_filter", .filter)
        let named = ["users", "groups", "logins", "directory_filter"].contains(where: section.isGiven)
        if !named {
            section.refuse("role", "is given to nobody: name users, groups, logins or a directory_filter")
        }
    }

    /// What the rule says of directories has to be about directories that are there.
    func check(_ section: YAMLSection, sources: [String]) {
        if sources.isEmpty {
            if !logins.isEmpty {
                section.refuse("logins", "are directory logins, and no directory is configured")
            }
            if directoryFilter != nil {
                section.refuse("directory_filter", "needs a directory, and none is configured")
            }
        } else {
            for source in logins.compactMap(\.source) where !sources.contains(source) {
                let suggestion = NearMiss.suggestion(for: source, among: sources)
                section.refuse("logins", "\"\(source)\" is not the name of a directory\(suggestion)")
            }
        }
    }
}

extension YAMLValue where Value == AccessRule.User {
    static var user: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            if node.word == "*" { return .anyone }
            return .account(try YAMLValue<LocalAccount>.account.read(node))
        }
    }
}

extension YAMLValue where Value == AccessRule.Login {
    static var login: Self {
        YAMLValue<String>.text.map { (text) throws(YAMLRefusal) in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.allSatisfy({ !$0.isEmpty }) else {
                throw YAMLRefusal("expected a login, or source:login")
            }
            if text == "*" { throw YAMLRefusal("expected a login; everyone is users: [\"*\"]") }
            return parts.count == 2
                ? .init(source: String(parts[0]), login: String(parts[1])) : .init(source: nil, login: text)
        }
    }
}
