/// What one reading finds, held against what was known before: who is new, who changed, who was not seen.
///
/// Keeps two machine words for each person and not their labels, so that a million people fit beside the
/// daemon.
package struct ReadingLedger: Sendable {
    /// A person seen who is new or not as remembered.
    package struct Change: Hashable, Sendable {
        package var person: Person
        /// How they stood before; nil for somebody new.
        package var was: Standing?
    }

    private struct Known {
        var digest: Int
        var standing: Standing
        var seen = false
    }

    private var known: [Int: Known] = [:]
    private var newcomers: Set<Int> = []
    package private(set) var changes: [Change] = []
    package private(set) var people = 0
    /// Somebody seen who was known to be there before: the cheapest proof that a successful search saw the
    /// directory. An ACL change or a wrong filter makes a search succeed with few or no entries (measured
    /// on OpenLDAP 2.5).
    package private(set) var witness: String?
    /// Anybody seen.
    package private(set) var anybody: String?
    /// Whether anybody was known to be there, so that there should be a witness.
    package private(set) var expectsWitness = false
    private var awaited: Set<String> = []
    private var found: [String: String] = [:]

    package init() {}

    package mutating func reserve(_ count: Int) { known.reserveCapacity(count) }

    /// Somebody known before the reading.
    package mutating func remember(_ record: PersonRecord) {
        if record.standing == .present { expectsWitness = true }
        known[Self.key(record.id.id)] = Known(
            digest: Self.digest(record.person, record.standing), standing: record.standing)
    }

    /// Asks for the id under which this login will be seen.
    package mutating func await(login: String) { awaited.insert(Person.fold(login)) }

    package func id(ofLogin login: String) -> String? { found[Person.fold(login)] }

    package mutating func see(_ batch: [Person]) {
        for person in batch { see(person) }
    }

    private mutating func see(_ person: Person) {
        let key = Self.key(person.id.id)
        if anybody == nil { anybody = person.id.id }
        if !awaited.isEmpty {
            let login = Person.fold(person.login)
            if awaited.contains(login) { found[login] = person.id.id }
        }
        guard let before = known[key] else {
            guard newcomers.insert(key).inserted else { return }
            people += 1
            changes.append(Change(person: person, was: nil))
            return
        }
        guard !before.seen else { return }
        people += 1
        known[key]?.seen = true
        if witness == nil, before.standing == .present { witness = person.id.id }
        guard before.digest != Self.digest(person, person.standing) else { return }
        changes.append(Change(person: person, was: before.standing))
    }

    package func saw(_ id: String) -> Bool {
        let key = Self.key(id)
        return known[key]?.seen == true || newcomers.contains(key)
    }

    package var added: Int { changes.count { $0.was == nil } }
    package var changed: Int { changes.count - added }
    /// Who is disabled now and was not when last read.
    package var newlyDisabled: Int {
        changes.count { $0.person.standing == .disabled && $0.was != .disabled }
    }

    // 64 bits of SipHash under this process's own seed: of a million people, two collide once in 30 million
    // readings.
    private static func key(_ id: String) -> Int { id.hashValue }

    private static func digest(_ person: Person, _ standing: Standing) -> Int {
        var hasher = Hasher()
        hasher.combine(person)
        hasher.combine(standing)
        return hasher.finalize()
    }
}
