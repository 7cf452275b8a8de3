import Testing

@testable import TokenCore

struct SealingTests {
    let key: SealingKey
    let code: UserCode
    let passCode: PassCode

    init() throws {
        key = try #require(SealingKey(bytes: Array(0..<32)))
        (code, passCode) = halves(seed: 100)
    }

    private func failure(_ body: () throws -> PassCode) -> SealingError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? SealingError
        }
    }

    @Test func whatIsSealedOpensAgain() throws {
        let sealed = try key.seal(passCode, of: code, owner: alice)
        #expect(sealed.keyID == key.id)
        #expect(try key.open(sealed, of: code, owner: alice).reveal() == passCode.reveal())
    }

    @Test func sealingTwiceGivesDifferentBytes() throws {
        let first = try key.seal(passCode, of: code, owner: alice)
        let second = try key.seal(passCode, of: code, owner: alice)
        #expect(first.bytes != second.bytes)
    }

    @Test func itOpensForNoOtherTokenOrOwner() throws {
        let sealed = try key.seal(passCode, of: code, owner: alice)
        let other = halves(seed: 101).code
        #expect(failure { try key.open(sealed, of: other, owner: alice) } == .damaged)
        #expect(failure { try key.open(sealed, of: code, owner: bob) } == .damaged)
        let namesake = OwnerID(source: "branch", id: alice.id)
        #expect(failure { try key.open(sealed, of: code, owner: namesake) } == .damaged)
    }

    @Test func sourceAndIdDoNotRunTogether() throws {
        let sealed = try key.seal(passCode, of: code, owner: OwnerID(source: "ab", id: "c"))
        #expect(failure { try key.open(sealed, of: code, owner: OwnerID(source: "a", id: "bc")) } == .damaged)
    }

    @Test func anotherKeyIsNamed() throws {
        let sealed = try key.seal(passCode, of: code, owner: alice)
        let other = try #require(SealingKey(bytes: Array(1..<33)))
        #expect(other.id != key.id)
        #expect(failure { try other.open(sealed, of: code, owner: alice) } == .otherKey(key.id))
    }

    @Test func aKeyThatOnlyClaimsTheNameOpensNothing() throws {
        var sealed = try key.seal(passCode, of: code, owner: alice)
        let other = try #require(SealingKey(bytes: Array(1..<33)))
        sealed.keyID = other.id
        #expect(failure { try other.open(sealed, of: code, owner: alice) } == .damaged)
    }

    @Test func everyChangedByteIsNoticed() throws {
        let sealed = try key.seal(passCode, of: code, owner: alice)
        for place in sealed.bytes.indices {
            var tampered = sealed
            tampered.bytes[place] ^= 1
            #expect(failure { try key.open(tampered, of: code, owner: alice) } == .damaged)
        }
        for length in [0, 1, 12, 28, sealed.bytes.count - 1] {
            var cut = sealed
            cut.bytes = Array(sealed.bytes.prefix(length))
            #expect(failure { try key.open(cut, of: code, owner: alice) } == .damaged)
        }
    }

    @Test func aKeyHasThirtyTwoBytes() {
        for count in [0, 16, 31, 33, 64] {
            #expect(SealingKey(bytes: Array(repeating: 7, count: count)) == nil)
        }
        #expect(SealingKey.randomBytes().count == 32)
        #expect(SealingKey.randomBytes() != SealingKey.randomBytes())
    }

    @Test func theKeyIsNeverPrinted() throws {
        let bytes = Array(repeating: UInt8(0xA7), count: 32)
        let key = try #require(SealingKey(bytes: bytes))
        for text in printed(key) + printed([key]) + printed((key, 1)) {
            #expect(!text.lowercased().contains("a7a7"))
            #expect(!text.contains("167"))
            #expect(!text.contains("SymmetricKey"))
        }
        #expect("\(key)" == "•••")
        #expect(String(reflecting: key) == "•••")
    }

    @Test func errorsTellNoSecret() {
        for error in [SealingError.cannotSeal, .otherKey(key.id), .damaged] {
            #expect(!"\(error)".contains(passCode.reveal().prefix(6)))
        }
    }
}
