import Synchronization
package import TokenCore
package import TokenStorage

/// A token as it stands in memory. Replaced as a whole, never changed, except for the time of its last use.
package final class IndexedToken: Sendable {
    package let record: TokenRecord
    let owner: Int
    /// When a use was last noted for the store, in milliseconds.
    let notedUse: Atomic<Int64>

    init(record: TokenRecord, owner: Int) {
        self.record = record
        self.owner = owner
        notedUse = Atomic(record.lastUsedAt?.milliseconds ?? .min)
    }
}

/// What verifying needs to know of an owner.
package final class IndexedOwner: Sendable {
    package let id: OwnerID
    package let login: String
    package let email: String?
    package let standing: Standing

    /// From a service, which is in no directory and always present, or from a person.
    init(id: OwnerID, person: PersonRecord?) {
        self.id = id
        login = person?.person.login ?? id.id
        email = person?.person.email
        standing = person?.standing ?? .present
    }
}

/// Every token that can still be asked about, in memory: what verify reads, and all it reads.
///
/// The store is the truth. The index is built from it at start and follows its commits, in their order.
package final class TokenIndex: Sendable {
    private struct State {
        var tokens: [UserCode: IndexedToken] = [:]
        var owners: [IndexedOwner] = []
        var ownerSlots: [OwnerID: Int] = [:]
        var uses: [UserCode: Timestamp] = [:]
    }

    /// A use is noted at most this often: a write for every request would be its throughput's end
    /// (gitea#39174).
    static let useResolution = TimeSpan.minutes(5)

    private let state = Mutex(State())

    package init() {}

    /// Held for two look-ups.
    package func find(_ id: UserCode) -> (token: IndexedToken, owner: IndexedOwner)? {
        state.withLock { state in
            guard let token = state.tokens[id] else { return nil }
            return (token, state.owners[token.owner])
        }
    }

    package func load(_ record: TokenRecord, owner: PersonRecord?) {
        state.withLock { Self.put(record, owner: owner, in: &$0) }
    }

    /// Applies one group of commits. Called in their order, before any of them is acknowledged.
    package func apply(_ changes: [StoreChange]) {
        // A lock for each change: a sync of many people must not keep a verify waiting for all of them.
        for change in changes { state.withLock { Self.apply(change, to: &$0) } }
    }

    private static func apply(_ change: StoreChange, to state: inout State) {
        switch change {
        case .token(let record, let owner): put(record, owner: owner, in: &state)
        case .tokenForgotten(let id):
            state.tokens[id] = nil
            state.uses[id] = nil
        case .person(let person):
            // People without tokens are in no slot, and verify has no use for them.
            guard let slot = state.ownerSlots[person.id] else { return }
            state.owners[slot] = IndexedOwner(id: person.id, person: person)
        }
    }

    private static func put(_ record: TokenRecord, owner person: PersonRecord?, in state: inout State) {
        let owner = IndexedOwner(id: record.owner, person: person)
        let slot: Int
        if let known = state.ownerSlots[record.owner] {
            slot = known
            state.owners[slot] = owner
        } else {
            slot = state.owners.count
            state.owners.append(owner)
            state.ownerSlots[record.owner] = slot
        }
        state.tokens[record.id] = IndexedToken(record: record, owner: slot)
    }

    /// Notes a use, unless one was noted for the store not long ago.
    package func noteUse(of token: IndexedToken, at now: Timestamp) {
        let noted = token.notedUse.load(ordering: .relaxed)
        guard now - Timestamp(milliseconds: noted) >= Self.useResolution else { return }
        let (exchanged, _) = token.notedUse.compareExchange(
            expected: noted, desired: now.milliseconds, ordering: .relaxed)
        guard exchanged else { return }
        state.withLock { $0.uses[token.record.id] = now }
    }

    /// The uses noted since the last call, for the store.
    package func takeUses() -> [UserCode: Timestamp] {
        state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }

    package func lastUse(of id: UserCode) -> Timestamp? { state.withLock { $0.uses[id] } }

    package var count: Int { state.withLock { $0.tokens.count } }
}
