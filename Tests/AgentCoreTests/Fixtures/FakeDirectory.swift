import Synchronization
import TokenCore

/// A directory in memory. Keeps the contract of `DirectorySource`; its people, faults and pauses are the
/// test's.
final class FakeDirectory: DirectorySource {
    /// Where in a reading something happens.
    enum Point: Hashable {
        case connect
        /// After this many people have been told.
        case enumeration(after: Int)
        /// The end of the enumeration.
        case confirmation
        case find
        case members
    }

    struct Content {
        var fingerprint = "fingerprint-1"
        /// Those the static filter matches, by stable id.
        var people: [String: Person] = [:]
        /// Those who are there and whom the filter does not match.
        var outside: [String: Presence] = [:]
        /// Who cannot be confirmed.
        var unconfirmable: [String: DirectoryError] = [:]
        /// Who is there until the candidates have been confirmed, and then is not.
        var vanishesAfterConfirmation: Set<String> = []
        var members: [String: Set<String>] = [:]
        /// By which attribute its people are known.
        var idAttribute: IDAttribute?
        var failures: [Point: DirectoryError] = [:]
        var gates: [Point: Gate] = [:]
        /// A search that succeeds and finds nobody, as after an ACL change on OpenLDAP.
        var showsNobody = false
        /// Told in the enumeration a second time.
        var repeats: [Person] = []
        /// Where its changes have got to; nil when it cannot tell changes.
        var cookie: ChangeCookie?
        /// Which of its servers is connected to, and how far that has got.
        var server = "fake"
        var progress: ServerProgress?
        /// What the first question for changes is refused with.
        var refusal: DirectoryError?
        /// What a watch tells before its connection is lost.
        var watched: [ChangeSet] = []
        /// What is told to whoever asks for changes next.
        var told = ChangeSet(cookie: ChangeCookie(kind: .contentSync, server: "", bytes: []))
    }

    struct Counts: Equatable {
        var connected = 0
        var closed = 0
        var enumerated = 0
        var confirmed: [[String]] = []
        var found = 0
        var watched = 0
    }

    let name: String
    private let content: Mutex<Content>
    private let counted = Mutex(Counts())

    init(_ name: String = "corp", logins: [String] = []) {
        self.name = name
        content = Mutex(Content())
        for login in logins { add(login) }
    }

    var fingerprint: String { now.fingerprint }
    var now: Content { content.withLock { $0 } }
    var counts: Counts { counted.withLock { $0 } }

    func change(_ body: (inout Content) -> Void) { content.withLock { body(&$0) } }
    func count(_ body: (inout Counts) -> Void) { counted.withLock { body(&$0) } }

    /// Stops at a gate if there is one, then fails if that is wanted.
    func reach(_ point: Point) async throws(DirectoryError) {
        await now.gates[point]?.pass()
        if let failure = now.failures[point] { throw failure }
    }

    func connect() async throws(DirectoryError) -> any DirectorySession {
        try await reach(.connect)
        count { $0.connected += 1 }
        return FakeSession(directory: self)
    }

    func examine() async -> [DirectoryCheck] {
        [DirectoryCheck(check: "connect", ok: true, detail: name)]
    }
}

extension FakeDirectory {
    /// The person of this login, whose id is `id-<login>` unless given.
    @discardableResult
    func add(_ login: String, id: String? = nil, email: String? = nil, disabled: String? = nil) -> OwnerID {
        let owner = OwnerID(source: name, id: id ?? "id-\(login)")
        let person = Person(
            id: owner, login: login, email: email ?? "\(login)@\(name).example",
            displayName: login.uppercased(), dn: "uid=\(login),ou=people,dc=\(name)", disabled: disabled)
        change { $0.people[owner.id] = person }
        return owner
    }

    func remove(_ logins: String...) { remove(logins) }

    func remove(_ logins: [String]) {
        change { content in
            content.people = content.people.filter { !logins.contains($0.value.login) }
        }
    }

    func disable(_ login: String, _ why: String? = "locked") {
        edit(login) { $0.disabled = why }
    }

    func edit(_ login: String, _ body: (inout Person) -> Void) {
        change { content in
            for (id, person) in content.people where person.login == login {
                var person = person
                body(&person)
                content.people[id] = person
            }
        }
    }

    func owner(_ login: String) -> OwnerID { OwnerID(source: name, id: "id-\(login)") }

    /// Puts a gate there and answers it.
    func gate(_ point: Point) -> Gate {
        let gate = Gate()
        change { $0.gates[point] = gate }
        return gate
    }
}

extension FakeDirectory {
    /// From now on changes can be told.
    func tellChanges() { change { $0.cookie = Self.cookie(1) } }

    /// These are told to whoever asks next, with a cookie of their own.
    func tell(
        upserts: [String] = [], hints: [String] = [], cookie: UInt8, incompleteness: String? = nil
    ) {
        change { content in
            let people = upserts.compactMap { content.people["id-\($0)"] }
            content.cookie = Self.cookie(cookie)
            content.told = ChangeSet(
                upserts: people, hints: hints.map { "id-\($0)" }, cookie: Self.cookie(cookie),
                incompleteness: incompleteness)
        }
    }

    static func cookie(_ number: UInt8) -> ChangeCookie {
        ChangeCookie(kind: .contentSync, server: "fake", bytes: [number])
    }
}
