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

    /// What is kept of a person: a digest of their labels, with how they stand and whether they were seen in
    /// its last bits.
    private struct Entry {
        static let seenMark: UInt64 = 1 << 2
        static let standings: [Standing] = [.present, .disabled, .missing, .gone]

        var word: UInt64

        init(word: UInt64) { self.word = word }

        init(labels: UInt64, standing: Standing) {
            word = labels & ~7 | UInt64(Self.standings.firstIndex(of: standing)!)
        }

        var standing: Standing { Self.standings[Int(word & 3)] }
        var isSeen: Bool { word & Self.seenMark != 0 }
        var seen: Entry { Entry(word: word | Self.seenMark) }
    }

    private var entries = WordTable()
    /// How many of those known before were not seen.
    package private(set) var unseen = 0
    /// Those that nobody has taken yet.
    package private(set) var changes: [Change] = []
    package private(set) var people = 0
    package private(set) var added = 0
    package private(set) var changed = 0
    /// Who is disabled now and was not when last read.
    package private(set) var newlyDisabled = 0
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

    package mutating func reserve(_ count: Int) { entries.reserve(count) }

    /// Somebody known before the reading.
    package mutating func remember(_ record: PersonRecord) {
        remember(
            TextDigest.of(record.id.id), labels: Self.labels(of: record.person), standing: record.standing)
    }

    /// The same, by digests: of their id, and of login, e-mail, display name, DN and why they are disabled.
    package mutating func remember(_ id: UInt64, labels: UInt64, standing: Standing) {
        if standing == .present { expectsWitness = true }
        if entries.update(id, to: Entry(labels: labels, standing: standing).word) == nil { unseen += 1 }
    }

    /// Asks for the id under which this login will be seen.
    package mutating func await(login: String) { awaited.insert(Person.fold(login)) }

    package func id(ofLogin login: String) -> String? { found[Person.fold(login)] }

    package mutating func see(_ batch: [Person]) {
        for person in batch { see(person) }
    }

    private mutating func see(_ person: Person) {
        let key = TextDigest.of(person.id.id)
        if anybody == nil { anybody = person.id.id }
        if !awaited.isEmpty {
            let login = Person.fold(person.login)
            if awaited.contains(login) { found[login] = person.id.id }
        }
        let now = Entry(labels: Self.labels(of: person), standing: person.standing)
        guard let before = entries[key].map(Entry.init(word:)) else {
            entries.update(key, to: now.seen.word)
            return note(Change(person: person, was: nil))
        }
        guard !before.isSeen else { return }
        entries.update(key, to: before.seen.word)
        unseen -= 1
        if witness == nil, before.standing == .present { witness = person.id.id }
        guard before.word != now.word else { return people += 1 }
        note(Change(person: person, was: before.standing))
    }

    private mutating func note(_ change: Change) {
        people += 1
        if change.was == nil { added += 1 } else { changed += 1 }
        if change.person.standing == .disabled, change.was != .disabled { newlyDisabled += 1 }
        changes.append(change)
    }

    /// Hands out the changes since the last time, each once: there may be a million in all.
    package mutating func takeChanges() -> [Change] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    package func saw(_ id: String) -> Bool { saw(TextDigest.of(id)) }

    /// The same, by the digest of their id.
    package func saw(_ id: UInt64) -> Bool { entries[id].map { Entry(word: $0).isSeen } ?? false }

    private static func labels(of person: Person) -> UInt64 {
        var digest = TextDigest()
        digest.add(person.login)
        digest.add(person.email)
        digest.add(person.displayName)
        digest.add(person.dn)
        digest.add(person.disabled)
        return digest.finish()
    }
}
