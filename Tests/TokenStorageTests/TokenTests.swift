import Synchronization
import Testing
import TokenCore

@testable import TokenStorage

struct TokenTests {
    let fixture: StoreFixture
    let store: TokenStore
    let observed: Observed

    init() async throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        observed = store.observed()
        try await store.put(person(), person(bob))
    }

    @Test func everyFieldComesBack() async throws {
        var full = token(218_340_105_584_895)
        full.flags = ["read:all", "say \"hi\"", "back\\slash", "line\nbreak", "ü", ""]
        full.write = false
        full.audience = "git"
        full.updatedAt = time(101)
        full.expiresAt = .distantFuture
        full.lastUsedAt = time(102)
        full.previous = PreviousSecret(secret: digest(7), until: time(300))
        full.sealed = SealedSecret(keyID: "k", bytes: [0, 1, 255])
        full.ending = Ending(kind: .revoked, at: time(301), reason: "lost")
        let plain = token(0)
        try await store.insert(full, plain)
        #expect(try await store.token(full.id) == full)
        #expect(try await store.token(plain.id) == plain)
        #expect(try await store.token(UserCode(value: 9)!) == nil)
        #expect(observed.changes == [.token(full, owner: person()), .token(plain, owner: person())])
    }

    @Test func aNameIsUniqueAmongAnOwnersLiveTokens() async throws {
        let first = token(1)
        let second = token(2, named: first.name)
        try await store.insert(first)
        await #expect(throws: StoreConflict.duplicateName) { try await store.insert(second) }
        try await store.mutate { try $0.update(ended(first, .revoked)) }
        try await store.insert(second)
        #expect(try await live(second.name) == second)
        // What was revoked cannot live again beside it.
        await #expect(throws: StoreConflict.duplicateName) { try await store.mutate { try $0.update(first) } }
        try await store.mutate { try $0.update(ended(second, .purged)) }
        #expect(try await live(second.name) == nil)
        try await store.mutate { try $0.update(first) }
        #expect(try await live(first.name) == first)
    }

    private func live(_ name: String) async throws -> TokenRecord? {
        try await store.read {
            try $0.liveToken(owner: alice, audience: TokenTerms.defaultAudience, name: name)
        }
    }

    @Test func theSameNameServesAnotherOwnerOrAudience() async throws {
        var other = token(2)
        other.name = token(1).name
        other.audience = "git"
        var bobs = token(3, of: bob)
        bobs.name = token(1).name
        try await store.insert(token(1), other, bobs)
    }

    @Test func aUserCodeIsTakenEvenByATombstone() async throws {
        try await store.insert(ended(token(1), .purged))
        await #expect(throws: StoreConflict.duplicateID) { try await store.insert(token(1, of: bob)) }
    }

    @Test func updatingWhatIsNotThereIsToldOf() async throws {
        await #expect(throws: StoreConflict.noSuchToken) {
            try await store.mutate { try $0.update(token(1)) }
        }
    }

    @Test func purgingAndForgettingTakeATokenOutOfTheIndex() async throws {
        try await store.insert(token(1))
        observed.forget()
        try await store.mutate { try $0.update(ended(token(1), .purged)) }
        #expect(try await store.token(token(1).id) == ended(token(1), .purged))
        try await store.mutate { try $0.forgetToken(token(1).id) }
        #expect(try await store.token(token(1).id) == nil)
        #expect(observed.changes == [.tokenForgotten(token(1).id), .tokenForgotten(token(1).id)])
    }

    @Test func onlyLiveTokensCount() async throws {
        try await store.insert(token(1), token(2), ended(token(3), .revoked), ended(token(4), .purged))
        try await store.insert(token(5, of: bob))
        #expect(try await store.read { try $0.tokenCount(owner: alice) } == 2)
        #expect(try await store.read { try $0.tokens(of: alice, limit: 10).map(\.id.value) } == [1, 2, 3, 4])
        // Those that live come first, then the newest of the others.
        #expect(try await store.read { try $0.tokens(of: alice, limit: 3).map(\.id.value) } == [1, 2, 4])
        #expect(try await store.read { try $0.tokens(of: alice, limit: 1).map(\.id.value) } == [2])
    }

    @Test func loadingGivesWhatCanStillBeAskedAbout() async throws {
        try await store.insert(
            token(1), ended(token(2), .revoked), ended(token(3), .purged), token(4, of: robot))
        let loaded = Mutex<[UInt64: PersonRecord?]>([:])
        try store.loadTokens({ [OwnerID]() }) { owners, group, reader in
            owners += group.owners
            for token in group.tokens {
                let owner = try reader.person(owners[token.owner])
                loaded.withLock { $0[token.id.value] = .some(owner) }
                #expect(token.isRevoked == (token.id.value == 2))
            }
        }
        #expect(loaded.withLock { $0 } == [1: person(), 2: person(), 4: nil])
    }

    @Test func whatIsLoadedIsWhatIsKept() async throws {
        var records: [UInt64: TokenRecord] = [:]
        for number in 1...1200 as ClosedRange<UInt64> {
            // Ids in both halves; names, owners and flags that repeat, and that run into each other.
            let id = number % 2 == 0 ? number : UserCode.count - number
            var record = token(id, of: number % 3 == 0 ? robot : number % 5 == 0 ? bob : alice)
            record.name = "\(number)"
            record.flags = number % 4 == 0 ? ["a", "\u{0}b,\""] : number % 7 == 0 ? ["a"] : []
            record.write = number % 11 != 0
            record.expiresAt = number % 6 == 0 ? time(Int64(number)) : nil
            record.lastUsedAt = number % 9 == 0 ? time(Int64(number)) : nil
            if number % 100 == 0 { record.previous = PreviousSecret(secret: record.secret, until: time(9)) }
            records[id] = record
        }
        let all = records
        try await store.mutate { writer in for record in all.values { try writer.insert(record) } }
        let seen = Mutex(Set<UInt64>())
        try store.loadTokens({ (owners: [OwnerID](), terms: [TokenTerms]()) }) { known, group, _ in
            known.owners += group.owners
            known.terms += group.terms
            for token in group.tokens {
                let record = try #require(all[token.id.value])
                let terms = known.terms[token.terms]
                #expect(record.owner == known.owners[token.owner] && record.secret == token.secret)
                #expect(
                    terms.name == record.name && terms.flags == record.flags && terms.write == record.write)
                #expect(terms.audience == record.audience && record.previous == nil && !token.isRevoked)
                #expect(token.expiresAt == record.expiresAt && token.lastUsedAt == record.lastUsedAt)
                #expect(seen.withLock { $0.insert(token.id.value).inserted })
            }
            for record in group.rotated {
                #expect(record.previous == all[record.id.value]?.previous && record.previous != nil)
                #expect(seen.withLock { $0.insert(record.id.value).inserted })
            }
        }
        #expect(seen.withLock { $0 } == Set(all.keys))
        #expect(try store.tokenCount() == all.count)
    }

    @Test func useIsNotedWithoutBeingAChange() async throws {
        try await store.insert(token(1), token(2))
        observed.forget()
        let revision = store.facts().revision
        try await store.mutate { try $0.touch(lastUsed: [token(1).id: time(500), token(2).id: time(501)]) }
        try await store.mutate { try $0.touch(lastUsed: [token(1).id: time(400)]) }
        #expect(try await store.token(token(1).id)?.lastUsedAt == time(500))
        #expect(try await store.token(token(2).id)?.lastUsedAt == time(501))
        #expect(observed.count == 0)
        #expect(store.facts().revision == revision)
    }

    @Test func expiredTokensAreThoseBeforeATime() async throws {
        func expiring(_ id: UInt64, at seconds: Int64) -> TokenRecord {
            var token = token(id)
            (token.expiresAt, token.updatedAt) = (time(seconds), time(1))
            return token
        }
        try await store.insert(
            expiring(1, at: 30), expiring(2, at: 10), expiring(3, at: 40),
            ended(expiring(4, at: 5), .revoked), token(5))
        var changed = expiring(6, at: 20)
        changed.updatedAt = time(50)
        try await store.insert(changed)
        #expect(
            try await store.read { try $0.expiredTokens(before: time(40), limit: 9).map(\.id.value) } == [
                2, 1,
            ])
        #expect(
            try await store.read { try $0.expiredTokens(before: time(40), limit: 1).map(\.id.value) } == [2])
    }

    @Test func tombstonesAreFoundByTheirEnd() async throws {
        try await store.insert(
            ended(token(1), .revoked, at: 20), ended(token(2), .purged, at: 10),
            ended(token(3), .purged, at: 30), token(4))
        #expect(
            try await store.read { try $0.tombstones(endedBefore: time(30), limit: 9).map(\.value) } == [
                2, 1,
            ])
        #expect(
            try await store.read { try $0.tombstones(endedBefore: time(30), limit: 1).map(\.value) } == [2])
    }

    @Test func obsoleteTokensHaveBeenSoSinceBeforeATime() async throws {
        try await store.put(person(alice, .gone, since: 1000), person(bob, .gone, since: 2000))
        let other = OwnerID(source: "other", id: "o")
        try await store.put(person(other, .gone, since: 1000))
        var restored = token(2)
        restored.updatedAt = time(3000)
        try await store.insert(
            token(1), restored, ended(token(3), .revoked), token(4, of: bob), token(5, of: other),
            token(6, of: robot))
        func found(_ source: String?, _ before: Timestamp) async throws -> [UInt64] {
            try await store.read { reader in
                let ids = try reader.obsoleteIDs(source: source, ownersGoneBefore: before)
                let tokens = try reader.obsoleteTokens(source: source, ownersGoneBefore: before, limit: 9)
                #expect(tokens.map(\.0.id) == ids)
                return ids.map(\.value)
            }
        }
        #expect(try await found(nil, .distantFuture).sorted() == [1, 2, 4, 5])
        #expect(try await found("corp", .distantFuture).sorted() == [1, 2, 4])
        #expect(try await found("corp", time(1000)) == [])
        #expect(try await found("corp", time(1001)) == [1])
        #expect(try await found("corp", time(2001)) == [1, 4])
        let pairs = try await store.read {
            try $0.obsoleteTokens(source: "other", ownersGoneBefore: .distantFuture, limit: 1)
        }
        #expect(pairs.first?.1 == person(other, .gone, since: 1000))
    }
}
