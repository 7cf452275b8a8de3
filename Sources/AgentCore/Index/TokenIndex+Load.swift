import Synchronization
import TokenCore
package import TokenStorage

extension TokenIndex {
    /// The index's numbers for those that one reader has given so far.
    package struct Known {
        fileprivate var owners: [UInt32] = []
        fileprivate var terms: [UInt32] = []

        package init() {}
    }

    /// Makes room for that many tokens at once, before the first.
    package func reserve(_ count: Int) { shards.reserve(count) }

    /// Takes tokens at start, when there are no changes yet; asks only for people who are not known.
    /// Several readers at a time keep out of each other's way.
    package func load(
        _ group: LoadedGroup, _ known: inout Known, from store: StoreReader
    ) throws {
        for id in group.owners { known.owners.append(try number(of: id, store)) }
        let slots = writing.withLock { writing in
            for terms in group.terms { known.terms.append(number(of: TermsKey(terms), &writing)) }
            return group.tokens.map { token in
                let (owner, terms) = (known.owners[token.owner], known.terms[token.terms])
                writing.owners.retain(owner)
                writing.terms.retain(terms)
                return TokenSlot(token, owner: owner, terms: terms)
            }
        }
        for slot in slots { shards.withLock(of: slot.code) { $0.prefetch(slot.code) } }
        for slot in slots { _ = shards.withLock(of: slot.code) { $0.put(slot, previous: nil) } }
        for record in group.rotated {
            let person = try Self.person(record.owner, store)
            writing.withLock { put(record, owner: person, &$0) }
        }
    }

    private func number(of id: OwnerID, _ store: StoreReader) throws -> UInt32 {
        if let number = writing.withLock({ $0.owners.number(of: id) }) { return number }
        let owner = IndexedOwner(id: id, person: try Self.person(id, store), rendering)
        return writing.withLock { number(of: owner, &$0) }
    }

    private static func person(_ id: OwnerID, _ store: StoreReader) throws -> PersonRecord? {
        id.isService ? nil : try store.person(id)
    }
}
