package import TokenCore

/// Who holds which role: the access rules, with local names already resolved to numbers.
package struct Access: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        package var role: Role
        /// `users: ["*"]`: whoever the socket's mode lets connect.
        package var everyone: Bool
        package var uids: Set<UInt32>
        package var gids: Set<UInt32>
        /// Directory logins, as `login` or `source:login`.
        package var logins: [String]
        package var directoryFilter: String?

        package init(
            role: Role, everyone: Bool = false, uids: Set<UInt32> = [], gids: Set<UInt32> = [],
            logins: [String] = [], directoryFilter: String? = nil
        ) {
            self.role = role
            self.everyone = everyone
            self.uids = uids
            self.gids = gids
            self.logins = logins.map(Person.fold)
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
        let login = Person.fold(person.person.login)
        let qualified = "\(Person.fold(person.id.source)):\(login)"
        // A service may be called what a person is called: it has a role only by its full name.
        let names = person.id.isService ? [qualified] : [login, qualified]
        return Set(
            rules.filter { rule in
                rule.logins.contains(where: names.contains)
                    || rule.directoryFilter.map(person.memberships.contains) == true
                    || (rule.everyone && rule.role == .self)
            }.map(\.role))
    }

    /// The directory filters that a reading has to evaluate.
    package var directoryFilters: [String] { Set(rules.compactMap(\.directoryFilter)).sorted() }
}
