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
        #expect(try await store.read { try $0.tokens(of: alice).map(\.id.value) } == [1, 2, 3, 4])
    }

    @Test func loadingGivesWhatCanStillBeAskedAbout() async throws {
        try await store.insert(
            token(1), ended(token(2), .revoked), ended(token(3), .purged), token(4, of: robot))
        let loaded = Mutex<[UInt64: PersonRecord?]>([:])
        try store.loadTokens { tokens, owner in
            for token in tokens {
                let person = try owner(token.owner)
                loaded.withLock { $0[token.id.value] = .some(person) }
            }
        }
        #expect(loaded.withLock { $0 } == [1: person(), 2: person(), 4: nil])
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
            token.expiresAt = time(seconds)
            return token
        }
        try await store.insert(
            expiring(1, at: 30), expiring(2, at: 10), expiring(3, at: 40),
            ended(expiring(4, at: 5), .revoked), token(5))
        #expect(try await store.read { try $0.expiredTokens(before: time(40)).map(\.id.value) } == [2, 1])
        #expect(
            try await store.read { try $0.expiredTokens(before: time(40), limit: 1).map(\.id.value) } == [2])
    }

    @Test func tombstonesAreFoundByTheirEnd() async throws {
        try await store.insert(
            ended(token(1), .revoked, at: 20), ended(token(2), .purged, at: 10),
            ended(token(3), .purged, at: 30), token(4))
        #expect(try await store.read { try $0.tombstones(endedBefore: time(30)).map(\.id.value) } == [2, 1])
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
            try await store.read {
                try $0.obsoleteTokens(source: source, ownersGoneBefore: before).map(\.0.id.value)
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
