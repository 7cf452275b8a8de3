/// How one LDAP directory is reached and read: a `directories:` entry of the configuration, in types.
package struct LDAPSettings: Hashable, Sendable {
    /// How the agent itself logs in.
    package enum Bind: Hashable, Sendable {
        case anonymous
        case simple(dn: String, passwordFile: String)
        /// SASL EXTERNAL (RFC 4422 appendix A): who the ldapi peer is, or whose client certificate TLS
        /// showed.
        case external(certFile: String?, keyFile: String?)
    }

    /// How long to wait. Every operation has a deadline; none relies on the peer's good will.
    package struct Timing: Hashable, Sendable {
        /// For name, TCP, TLS and bind together, for each server of the list.
        package var connect: Duration
        /// For one point search: `find`, one batch of `confirm`, the rootDSE.
        package var request: Duration
        /// For one whole enumeration.
        package var deadline: Duration
        /// For one page of it.
        package var page: Duration
        /// For checking one password, from the first connection to the last answer.
        package var password: Duration

        package init(
            connect: Duration = .seconds(10), request: Duration = .seconds(30),
            deadline: Duration = .seconds(1800), page: Duration = .seconds(120),
            password: Duration = .seconds(5)
        ) {
            self.connect = connect
            self.request = request
            self.deadline = deadline
            self.page = page
            self.password = password
        }
    }

    package var name: String
    /// Tried in order: `ldap://`, `ldaps://`, `ldapi://`.
    package var urls: [String]
    package var startTLS = false
    /// nil: the system's bundle.
    package var caFile: String?
    package var allowCleartext = false
    package var bind = Bind.anonymous
    package var base: String
    package var filter: String
    package var attributes = PersonAttributes()
    package var disabled = DisabledRule.auto
    package var timing = Timing()
    /// People a page; 0 never pages.
    package var pageSize: Int32 = 500
    /// Entries in the answer to one search, all its pages. A server that sends ever new people without an end
    /// would else fill the memory and the disk until the reading's time is over.
    package var entriesMax = 10_000_000
    /// How many passwords are checked at a time, and how many may wait for that.
    package var passwordsMax = 8
    package var passwordsWaitingMax = 256

    package init(name: String, urls: [String], base: String, filter: String) {
        self.name = name
        self.urls = urls
        self.base = base
        self.filter = filter
    }
}

/// In which attributes a person's labels are.
package struct PersonAttributes: Hashable, Sendable {
    /// `auto`, or the attribute with the stable id.
    package var id: String
    package var login: String
    package var email: String
    package var displayName: String

    package static let automaticID = "auto"

    package init(
        id: String = automaticID, login: String = "uid", email: String = "mail", displayName: String = "cn"
    ) {
        self.id = id
        self.login = login
        self.email = email
        self.displayName = displayName
    }
}

/// When a person who is there counts as disabled.
package enum DisabledRule: Hashable, Sendable {
    /// The rules of the directories we know, see `AccountStatus`.
    case auto
    /// This attribute has this value, letter case aside.
    case attribute(name: String, value: String)
}
