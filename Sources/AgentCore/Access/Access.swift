package import TokenCore

/// Who holds which role: the access rules, with local names already resolved to numbers.
package struct Access: Hashable, Sendable {
    /// A directory login, in one directory or in each. The parts stay apart: a login may hold a colon, and
    /// joined it would be somebody else's name.
    package struct Login: Hashable, Sendable {
        let source: String?
        let login: String

        package init(_ login: String, of source: String? = nil) {
            self.source = source.map(Person.fold)
            self.login = Person.fold(login)
        }

        func means(_ person: PersonRecord) -> Bool {
            guard login == Person.fold(person.person.login) else { return false }
            // A service may be called what a person is called: it has a role only by its full name.
            guard let source else { return !person.id.isService }
            return source == Person.fold(person.id.source)
        }
    }

    package struct Rule: Hashable, Sendable {
        package var role: Role
        /// `users: ["*"]`: whoever the socket's mode lets connect.
        package var everyone: Bool
        package var uids: Set<UInt32>
        package var gids: Set<UInt32>
        package var logins: [Login]
        package var directoryFilter: String?

        package init(
            role: Role, everyone: Bool = false, uids: Set<UInt32> = [], gids: Set<UInt32> = [],
            logins: [Login] = [], directoryFilter: String? = nil
        ) {
            self.role = role
            self.everyone = everyone
            self.uids = uids
            self.gids = gids
            self.logins = logins
            self.directoryFilter = directoryFilter
        }
    }

    package var rules: [Rule]

    package init(rules: [Rule]) { self.rules = rules }

    package func roles(of peer: Peer) -> Set<Role> {
        Set(
            rules.filter {
                $0.everyone || $0.uids.contains(peer.uid) || !$0.gids.isDisjoint(with: peer.groups)
            }.map(\.role))
    }

    /// The roles somebody has as a person of a directory, wherever they call from.
    package func roles(of person: PersonRecord) -> Set<Role> {
        Set(
            rules.filter { rule in
                rule.logins.contains { $0.means(person) }
                    || rule.directoryFilter.map(person.memberships.contains) == true
                    || (rule.everyone && rule.role == .self)
            }.map(\.role))
    }

    /// The directory filters that a reading has to evaluate.
    package var directoryFilters: [String] { Set(rules.compactMap(\.directoryFilter)).sorted() }
}
