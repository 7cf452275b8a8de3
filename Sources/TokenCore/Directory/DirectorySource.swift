/// Where people come from: an LDAP directory, an LDIF file, or a test's own.
package protocol DirectorySource: Sendable {
    /// The configured name, also the `source` of its people.
    var name: String { get }
    /// Everything that decides *who is read*, as `Fingerprint.text`: URLs, base, scope, filter, id attribute,
    /// bind DN, disabled rule. A reading under another fingerprint is not comparable with the last one.
    var fingerprint: String { get }

    /// Connects, secures and binds, to the first server of the list that answers.
    func connect() async throws(DirectoryError) -> any DirectorySession

    /// The same, to this server of the list and no other. `server` is as `DirectorySession.server`.
    func connect(to server: String) async throws(DirectoryError) -> any DirectorySession

    /// The same, to the first that is not behind what was seen of the directory either.
    func connect(notBehind horizon: Horizon) async throws(DirectoryError) -> any DirectorySession

    /// A server that works, and cannot be used all the same: the others of the list are asked first for a
    /// while.
    func avoid(_ server: String)

    /// Looks at the configuration and at the server, and says what is wrong in words an administrator can
    /// act on.
    func examine() async -> [DirectoryCheck]

    /// Is this the password of whoever has this login, or else this e-mail address? Asked of the directory
    /// each time: nothing is kept. Takes a few seconds at most, and never waits on the caller's thread.
    ///
    /// `former` is the attribute by which its people are known. By another one somebody might be taken for
    /// somebody else, or be known twice: then nobody is let in, and no password sent. Nor is one to a server
    /// that is behind `horizon`: it may still have those who left.
    func authenticate(
        _ login: String, _ password: Password, knownBy former: String?, notBehind horizon: Horizon
    ) async throws(DirectoryError) -> PasswordCheck
}

/// One connection to one server, pinned for its whole life: a reading never spans two servers.
package protocol DirectorySession: Sendable {
    /// The server, as its URL.
    var server: String { get }
    /// What the server calls itself, such as `OpenLDAP` or `389 Project`; nil if it does not say.
    var vendor: String? { get async }
    /// Which server it is, also where one URL leads to several that tell themselves apart.
    var identity: String { get async }

    /// How far the server has got by now; nil where servers do not say, or this one does not show it.
    func progress() async throws(DirectoryError) -> ServerProgress?

    /// By which attribute people are known here; nil where there is no choice.
    func idAttribute() async throws(DirectoryError) -> IDAttribute?

    /// Reads everybody the static filter matches, once. `onBatch` runs on the session's own thread, as
    /// pages arrive.
    ///
    /// Returns only if the reading is complete (result 0 on every page, last cookie empty, same connection,
    /// no entry without a stable id, no id under two names, at least one entry). Otherwise it throws, and
    /// what `onBatch` was given means only that those people are alive.
    func enumerate(
        _ onBatch: @escaping @Sendable ([Person]) -> Void
    ) async throws(DirectoryError) -> Enumeration

    /// Looks up people by stable id over the whole naming context, without the user filter.
    /// Ids that could not be asked for come back as `.unknown`; every id asked is in the answer.
    func confirm(_ ids: [String]) async -> [String: Presence]

    /// People with this login or e-mail, or this stable id, among those the static filter matches.
    func find(_ key: PersonKey) async throws(DirectoryError) -> [Person]

    /// The stable ids of those people who also match `filter`. For roles given by directory filter.
    func members(of filter: String) async throws(DirectoryError) -> Set<String>

    /// Whether any person shows this attribute: one that nobody shows may have become invisible.
    func shows(_ attribute: String) async throws(DirectoryError) -> Bool

    /// What changed since `cookie`, asked once. Without a cookie, or with one the server no longer
    /// understands, the answer is that everybody must be read, and a new cookie to be used after that.
    func changes(since cookie: ChangeCookie?) async throws(DirectoryError) -> ChangeSet

    /// The same, and then every change as it happens, until the task is cancelled or the connection ends: it
    /// never returns otherwise. Takes the session for itself; `onEvents` runs on its thread.
    func watch(
        since cookie: ChangeCookie?, _ onEvents: @escaping @Sendable (ChangeSet) -> Void
    ) async throws(DirectoryError)

    /// Cuts whatever it waits for, from any thread: there is a silence in which nobody hears that a task was
    /// cancelled.
    func abandon()

    func close() async
}

extension DirectorySession {
    /// Sources that wait for nobody need not say so.
    package func abandon() {}
}

/// What a complete enumeration says of itself.
package struct Enumeration: Hashable, Sendable {
    package var people: Int
    package var pages: Int
    /// How it was read: `paged`, `unpaged`, `file`.
    package var method: String

    package init(people: Int, pages: Int, method: String) {
        self.people = people
        self.pages = pages
        self.method = method
    }
}

/// What a point look-up by stable id found.
package enum Presence: Hashable, Sendable {
    /// There, and among the people of the static filter after all.
    case present(Person)
    /// There, under a DN outside the configured base.
    case moved(dn: String)
    /// There, within the base, but the static filter no longer matches.
    case notEligible(dn: String)
    /// The directory, read whole, has no such entry.
    case deleted
    /// Could not be asked. Never acts.
    case unknown(DirectoryError)
}

/// By what a person is asked for.
package enum PersonKey: Hashable, Sendable {
    case login(String)
    case email(String)
    case id(String)
}

/// One line of `directory.test`: what was looked at, how it went, and what to do about it.
package struct DirectoryCheck: Hashable, Sendable {
    package var check: String
    package var ok: Bool
    package var detail: String
    package var advice: String?

    package init(check: String, ok: Bool, detail: String, advice: String? = nil) {
        self.check = check
        self.ok = ok
        self.detail = detail
        self.advice = advice
    }
}
