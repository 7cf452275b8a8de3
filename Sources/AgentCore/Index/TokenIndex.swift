import Synchronization
package import TokenCore
package import TokenStorage

/// Every token that can still be asked about, in memory: what verify reads, and all it reads.
///
/// The store is the truth. The index is built from it at start and follows its commits, in their order.
///
/// Tokens are spread over shards, each a flat table under a lock of its own that is held for one look-up or
/// one change. Owners and terms are known by numbers; only the writer, under `writing`, gives those out.
package final class TokenIndex: Sendable {
    struct Writing {
        var owners = Interned<OwnerID, IndexedOwner>()
        var terms = Interned<TermsKey, IndexedTerms>()
        /// Owners that were replaced while a reader may still be looking at them.
        var replaced: [IndexedOwner] = []
    }

    /// A use is noted at most this often: a write for every request would be its throughput's end
    /// (gitea#39174).
    static let useResolution = TimeSpan.minutes(5)

    /// A group of uses ends with the shard that brings it above this.
    static let usesGroup = 4096

    let shards = Shards()
    /// What the writer has besides: who holds it is the writer.
    let writing: Mutex<Writing>
    private let owners: AnswerTable
    private let terms: AnswerTable
    let rendering: AnswerRendering

    package init(rendering: AnswerRendering = .none) {
        let writing = Writing()
        owners = writing.owners.cells
        terms = writing.terms.cells
        self.writing = Mutex(writing)
        self.rendering = rendering
    }

    /// The verdict on a token, which `body` gives while nothing of the token can change; `.wrongSecret` when
    /// there is none. A good one has its use noted, unless one was noted for the store not long ago.
    ///
    /// `body` runs under the shard's lock: it decides, copies what it answers, and returns.
    @inline(__always)
    func verdict(
        on id: UserCode, usedAt now: Timestamp, _ body: (borrowing TokenEntry) -> Verdict
    ) -> Verdict {
        let code = id.value
        return shards.withLock(of: code) { table in
            guard let slot = table.find(code) else { return .wrongSecret }
            let verdict = body(entry(id, slot, table))
            if case .active = verdict, isDue(slot.pointee.lastUse, now) {
                table.noteUse(slot, at: now.milliseconds)
            }
            return verdict
        }
    }

    /// What a verdict on the token would rest on, its owner apart; nil when there is none.
    package func facts(of id: UserCode) -> TokenFacts? {
        shards.withLock(of: id.value) { table in table.find(id.value).map { entry(id, $0, table).facts } }
    }

    /// Asks memory for where a token would stand, so that the look-ups of a batch wait for it together.
    @inline(__always)
    func expect(_ id: UserCode) { shards.withLock(of: id.value) { $0.prefetch(id.value) } }

    /// And then for its owner and its terms.
    @inline(__always)
    func expectOwner(of id: UserCode) {
        shards.withLock(of: id.value) { table in
            guard let slot = table.find(id.value) else { return }
            owners.read(slot.pointee.owner).prefetch()
            terms.read(slot.pointee.terms).prefetch()
        }
    }

    @inline(__always)
    private func entry(
        _ id: UserCode, _ slot: UnsafeMutablePointer<TokenSlot>, _ table: borrowing TokenTable
    ) -> TokenEntry {
        let previous = slot.pointee.has(.hasPrevious) ? table.previous[id.value] : nil
        let facts = TokenFacts(
            secret: slot.pointee.secret, previous: previous, expiresAt: slot.pointee.expiresAt,
            ending: slot.pointee.ending)
        return TokenEntry(
            id, facts, owner: owners.read(slot.pointee.owner), terms: terms.read(slot.pointee.terms))
    }

    /// Applies one group of commits. Called in their order, before any of them is acknowledged.
    package func apply(_ changes: [StoreChange]) {
        for change in changes { writing.withLock { apply(change, &$0) } }
        letGo()
    }

    private func apply(_ change: StoreChange, _ writing: inout Writing) {
        switch change {
        case .token(let record, let owner): put(record, owner: owner, &writing)
        case .tokenForgotten(let id):
            let old = shards.withLock(of: id.value) { $0.remove(id.value) }
            if let old { release(old, &writing) }
        case .person(let person):
            // People without tokens have no number, and verify has no use for them.
            guard let number = writing.owners.number(of: person.id) else { return }
            replace(number, IndexedOwner(id: person.id, person: person, rendering), &writing)
        }
    }

    func put(_ record: TokenRecord, owner person: PersonRecord?, _ writing: inout Writing) {
        let owner = IndexedOwner(id: record.owner, person: person, rendering)
        put(record, owner: number(of: owner, &writing), &writing)
    }

    private func put(_ record: TokenRecord, owner: UInt32, _ writing: inout Writing) {
        let slot = slot(of: record, owner: owner, &writing)
        let old = shards.withLock(of: slot.code) { $0.put(slot, previous: record.previous) }
        if let old { release(old, &writing) }
    }

    /// With its owner and its terms counted.
    private func slot(of record: TokenRecord, owner: UInt32, _ writing: inout Writing) -> TokenSlot {
        let key = TermsKey(
            audience: record.audience, name: record.name, write: record.write, flags: record.flags)
        let terms = number(of: key, &writing)
        writing.owners.retain(owner)
        writing.terms.retain(terms)
        return TokenSlot(record, owner: owner, terms: terms)
    }

    func number(of key: TermsKey, _ writing: inout Writing) -> UInt32 {
        writing.terms.number(of: key) ?? writing.terms.add(key, IndexedTerms(key, rendering))
    }

    func number(of owner: IndexedOwner, _ writing: inout Writing) -> UInt32 {
        guard let number = writing.owners.number(of: owner.id) else {
            return writing.owners.add(owner.id, owner)
        }
        replace(number, owner, &writing)
        return number
    }

    private func replace(_ number: UInt32, _ owner: IndexedOwner, _ writing: inout Writing) {
        guard writing.owners.value(number)?.isSame(as: owner) != true else { return }
        if let old = writing.owners.replace(number, owner) { writing.replaced.append(old) }
    }

    private func release(_ slot: TokenSlot, _ writing: inout Writing) {
        writing.owners.release(slot.owner) { $0.id }
        writing.terms.release(slot.terms) { $0.key }
    }

    /// Lets replaced owners go, when no reader can be looking at them: what is read under a shard's lock is
    /// not looked at after it, and each of the locks was free once since the cell was changed.
    private func letGo() {
        let replaced = writing.withLock { writing in
            defer { writing.replaced = [] }
            return writing.replaced
        }
        guard !replaced.isEmpty else { return }
        for shard in 0..<Shards.count { shards.passThrough(shard) }
        withExtendedLifetime(replaced) {}
    }

    @inline(__always)
    private func isDue(_ lastUse: Int64, _ now: Timestamp) -> Bool {
        now - Timestamp(milliseconds: lastUse) >= Self.useResolution
    }

    /// Uses that the store does not know, each once, in groups that a commit can take; empty when there are
    /// no more.
    package func takeUses() -> [UserCode: Timestamp] {
        var uses: [UserCode: Timestamp] = [:]
        for shard in 0..<Shards.count where uses.count < Self.usesGroup {
            shards.withLock(shard) { table in
                table.takeUses { uses[UserCode(value: $0)!] = Timestamp(milliseconds: $1) }
            }
        }
        return uses
    }

    /// Uses that were taken and could not be written: they are handed out again.
    package func giveBack(_ uses: [UserCode: Timestamp]) {
        for id in uses.keys { shards.withLock(of: id.value) { $0.giveBackUse(of: id.value) } }
    }

    /// The latest use that is known of, whether the store has it or not.
    package func lastUse(of id: UserCode) -> Timestamp? {
        let last = shards.withLock(of: id.value) { $0.find(id.value)?.pointee.lastUse }
        guard let last, last != TokenSlot.neverUsed else { return nil }
        return Timestamp(milliseconds: last)
    }

    /// How many numbers were ever in use at the same time.
    var numbersGiven: (owners: UInt32, terms: UInt32) {
        writing.withLock { ($0.owners.cells.count, $0.terms.cells.count) }
    }

    package var count: Int { counts.live + counts.revoked }

    /// How many tokens are neither revoked nor purged, and how many revoked.
    var counts: (live: Int, revoked: Int) {
        (0..<Shards.count).reduce((live: 0, revoked: 0)) { sum, shard in
            shards.withLock(shard) { (sum.live + $0.count - $0.revoked, sum.revoked + $0.revoked) }
        }
    }
}
