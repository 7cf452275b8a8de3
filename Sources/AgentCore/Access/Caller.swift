package import TokenCore

/// Who asks, and what they may do: judged by their connection, or by the credentials of `as` alone.
package struct Caller: Hashable, Sendable {
    /// For the audit trail: `uid 0 (root)`, `token NFWIevo8 (alice)`.
    package var name: String
    /// Their local or directory login; nil when they have none.
    package var login: String?
    package var roles: Set<Role>
    /// The person or the service they are; nil when they are none.
    package var owner: OwnerLabels?
    /// The token they carry; nil when they carry none.
    package var bearer: Bearer?
    package var token: UserCode? { bearer?.token }
    package var person: OwnerID? { owner?.id }
    /// Their credential was a read-only token: they may look and not touch.
    package var readOnly: Bool
    /// By what they were known, and over which connection, for the audit trail.
    package var how: String?

    package init(
        name: String, login: String?, roles: Set<Role>, owner: OwnerLabels? = nil, bearer: Bearer? = nil,
        readOnly: Bool = false
    ) {
        self.name = name
        self.login = login
        self.roles = roles
        self.owner = owner
        self.bearer = bearer
        self.readOnly = readOnly
    }
}

/// An owner, and what they are called.
package struct OwnerLabels: Hashable, Sendable {
    package var id: OwnerID
    package var login: String
    package var email: String?

    package init(id: OwnerID, login: String, email: String? = nil) {
        self.id = id
        self.login = login
        self.email = email
    }

    init(_ record: PersonRecord) {
        self.init(id: record.id, login: record.person.login, email: record.person.email)
    }
}

/// The right to everything. Only `Caller` hands it out.
package struct AdminRight: Hashable, Sendable {
    package let by: Author
    let bearer: Bearer?
    fileprivate init(by: Author, bearer: Bearer?) {
        self.by = by
        self.bearer = bearer
    }
}

/// The right to verify tokens and to ask for status.
package struct VerifierRight: Hashable, Sendable {
    fileprivate init() {}
}

/// The right to look at tokens, or to change them: anybody's or one's own.
package struct TokenRight: Hashable, Sendable {
    package enum Reach: Hashable, Sendable {
        case everyone
        case only(OwnerID)
    }

    package let by: Author
    package let reach: Reach
    let bearer: Bearer?
    /// What they are called whose own right it is.
    private let labels: Set<String>

    fileprivate init(by: Author, bearer: Bearer?) {
        (self.by, self.bearer) = (by, bearer)
        (reach, labels) = (.everyone, [])
    }

    fileprivate init(by: Author, owner: OwnerLabels, bearer: Bearer?) {
        (self.by, self.bearer) = (by, bearer)
        reach = .only(owner.id)
        labels = Set([owner.login, owner.email].compactMap { $0.map(Person.fold) })
    }

    /// Whether the query may mean somebody whom the right reaches. Asked first: for those whom it does not
    /// reach, no directory is asked, nor told whether they exist.
    func mayMean(_ query: OwnerQuery) -> Bool {
        switch (reach, query) {
        case (.everyone, _): true
        case (.only(let own), .id(let id)): own == id
        case (.only, .label(let label)): labels.contains(Person.fold(label))
        }
    }

    package func covers(_ owner: OwnerID) -> Bool {
        switch reach {
        case .everyone: true
        case .only(let own): own == owner
        }
    }
}

extension Caller {
    package func admin() throws(AgentError) -> AdminRight {
        guard roles.contains(.admin) else { throw .notPermitted("this needs the role admin") }
        guard !readOnly else { throw .notPermitted("this needs a token that may write") }
        return AdminRight(by: author(.admin), bearer: bearer)
    }

    package func verifier() throws(AgentError) -> VerifierRight {
        guard roles.contains(.verifier) || roles.contains(.admin) else {
            throw .notPermitted("this needs the role verifier")
        }
        return VerifierRight()
    }

    /// To look at tokens.
    package func reader() throws(AgentError) -> TokenRight {
        if roles.contains(.admin) {
            return TokenRight(by: author(.admin), bearer: bearer)
        }
        guard roles.contains(.self) else { throw .notPermitted("this needs the role admin or self") }
        guard let owner else {
            throw .notPermitted("\(name) is nobody in the directories, so has no tokens to manage")
        }
        return TokenRight(by: author(.self), owner: owner, bearer: bearer)
    }

    /// Who asks, as an owner. By their id: a login may be another person's, whom the store knows already.
    package var own: OwnerQuery {
        get throws(AgentError) {
            guard let owner, !owner.id.isService else {
                throw .invalid(member: "user", "\(name) is nobody in the directories: name somebody")
            }
            return .id(owner.id)
        }
    }

    private func author(_ role: Role) -> Author {
        Author(name, how: [how, "role \(role.rawValue)"].compactMap(\.self).joined(separator: "; "))
    }

    /// Without a right of theirs: by the token that they show.
    package var author: Author { Author(name, how: how) }

    /// As `author`, with what they are known over: theirs may be credentials that somebody passes on.
    package func over(_ connection: String) -> Caller {
        var caller = self
        caller.how = [how, "over \(connection)"].compactMap(\.self).joined(separator: ", ")
        return caller
    }

    /// To make and change tokens.
    package func writer() throws(AgentError) -> TokenRight {
        guard !readOnly else { throw .notPermitted("this needs a token that may write") }
        return try reader()
    }
}
