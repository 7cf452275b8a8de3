import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct SealingKeysTests {
    let fixture: StoreFixture
    private var path: String { fixture.directory + "/seal.key" }

    init() throws { fixture = try StoreFixture() }

    private func secret(_ number: UInt64) throws -> PassCode {
        var generator = SystemRandomNumberGenerator()
        return PassCode.random(for: token(number).id, using: &generator)
    }

    /// Tokens with sealed secrets, and the secrets.
    private func seal(_ numbers: ClosedRange<UInt64>, _ keys: SealingKeys, in store: TokenStore) async throws
    {
        try await store.mutate { writer in
            for number in numbers {
                var record = token(number)
                var generator = SystemRandomNumberGenerator()
                let passCode = PassCode.random(for: record.id, using: &generator)
                record.secret = passCode.digest
                record.sealed = try keys.seal(passCode, of: record.id, owner: record.owner)
                try writer.insert(record)
            }
        }
    }

    /// Whether every sealed secret opens, and is the one of its token.
    private func allOpen(
        _ keys: SealingKeys, in store: TokenStore, _ numbers: ClosedRange<UInt64>
    ) async throws
        -> Bool
    {
        for number in numbers {
            guard let record = try await store.token(token(number).id), let sealed = record.sealed,
                let passCode = try? keys.open(sealed, of: record.id, owner: record.owner),
                passCode.digest == record.secret
            else { return false }
        }
        return true
    }

    @Test func `a rotation moves every secret to the new key, and retires the former one`() async throws {
        let store = try fixture.open()
        let keys = try SealingKeys(orCreateAt: path)
        let former = keys.currentID
        try await seal(1...25, keys, in: store)
        try keys.beginRotation()
        #expect(keys.currentID != former)
        #expect(keys.isRotating)
        #expect(try await allOpen(keys, in: store, 1...25), "while both are in use")
        var last: UserCode?
        var counts: [Int] = []
        repeat {
            let start = last
            let batch = try await store.mutate { try $0.reseal(after: start, limit: 10, keys) }
            counts.append(batch.resealed)
            #expect(batch.unreadable == [])
            last = batch.next
        } while last != nil
        #expect(counts == [10, 10, 5])
        #expect(try await store.read { try $0.sealedByKey() } == [keys.currentID: 25])
        let retired = try keys.finishRotation()
        #expect(retired == "\(path).\(former)")
        #expect(
            try fixture.files.filter { $0.hasPrefix("seal.key") }.sorted() == [
                "seal.key", "seal.key.\(former)",
            ])
        for file in [path, "\(path).\(former)"] { #expect(fixture.mode(file) == 0o400) }
        let again = try SealingKeys(orCreateAt: path)
        #expect(again.currentID == keys.currentID)
        #expect(!again.isRotating)
        #expect(try await allOpen(again, in: store, 1...25))
        await store.close()
    }

    /// Each number is how many of the steps were done when it happened: the new key made, a batch sealed
    /// anew, all of them, the former key's second name made, the new one in its place.
    @Test(arguments: 0...5)
    func `a crash after any step loses no secret, and the rotation goes on`(steps: Int) async throws {
        let store = try fixture.open()
        do {
            let keys = try SealingKeys(orCreateAt: path)
            try await seal(1...5, keys, in: store)
            let former = keys.currentID
            if steps >= 1 { try keys.beginRotation() }
            if steps == 2 { _ = try await store.mutate { try $0.reseal(after: nil, limit: 2, keys) } }
            if steps >= 3 { _ = try await store.mutate { try $0.reseal(after: nil, limit: 9, keys) } }
            if steps == 4 { #expect(link(path, "\(path).\(former)") == 0) }
            if steps == 5 { _ = try keys.finishRotation() }
        }
        await store.close()

        let reopened = try fixture.open()
        let keys = try SealingKeys(orCreateAt: path)
        #expect(keys.isRotating == (1...4).contains(steps))
        #expect(try await allOpen(keys, in: reopened, 1...5))
        try await seal(6...6, keys, in: reopened)
        try keys.beginRotation()
        let batch = try await reopened.mutate { try $0.reseal(after: nil, limit: 9, keys) }
        #expect(batch.unreadable == [])
        #expect(try await allOpen(keys, in: reopened, 1...6))
        #expect(try keys.finishRotation() != nil)
        #expect(try await reopened.read { try $0.sealedByKey() } == [keys.currentID: 6])
        let last = try SealingKeys(orCreateAt: path)
        #expect(try await allOpen(last, in: reopened, 1...6))
        await reopened.close()
    }

    @Test func `a secret whose key is gone, or that was changed, is told and left as it is`() async throws {
        let store = try fixture.open()
        let other = SealingKeys(SealingKey(bytes: SealingKey.randomBytes())!)
        try await seal(1...1, other, in: store)
        let keys = try SealingKeys(orCreateAt: path)
        try await seal(2...3, keys, in: store)
        try await store.mutate { writer in
            var record = try writer.reader.token(TokenStorageTests.token(2).id)!
            record.sealed?.bytes[20] ^= 1
            try writer.update(record)
        }
        let before = try await store.token(token(1).id)
        try keys.beginRotation()
        let batch = try await store.mutate { try $0.reseal(after: nil, limit: 9, keys) }
        #expect(batch.resealed == 1)
        #expect(batch.unreadable == [token(1).id, token(2).id])
        #expect(try await store.token(token(1).id) == before)
        await store.close()
    }

    @Test func `the next key is taken from where an administrator has laid it down`() async throws {
        let first = try SealingKeys(orCreateAt: path)
        let next = try SealingKeyFile.load(orCreateAt: SealingKeys.next(path))
        let keys = try SealingKeys(orCreateAt: path)
        #expect(keys.currentID == next.id)
        #expect(keys.ids == [next.id, first.currentID])
        #expect(keys.isRotating)
    }

    @Test(arguments: [0o440, 0o404, 0o604, 0o660] as [mode_t])
    func `any key that others may read is refused, the next and the retired ones too`(mode: mode_t) throws {
        let keys = try SealingKeys(orCreateAt: path)
        try keys.beginRotation()
        let files = [path, SealingKeys.next(path)]
        for file in files {
            #expect(chmod(file, mode) == 0)
            #expect(throws: StorageError.keyTooOpen(path: file, mode: UInt32(mode))) {
                try SealingKeys(orCreateAt: path)
            }
            #expect(chmod(file, 0o400) == 0)
        }
        let retired = try #require(try keys.finishRotation())
        #expect(chmod(retired, mode) == 0)
        #expect(throws: StorageError.self) { try SealingKeys(orCreateAt: path) }
    }

    @Test func `all keys of a credentials folder are taken as systemd lays them down there`() throws {
        let first = try SealingKeys(orCreateAt: path)
        let next = try SealingKeyFile.load(orCreateAt: SealingKeys.next(path))
        let retired = try SealingKeyFile.load(orCreateAt: path + ".0123456789abcdef")
        for file in [path, SealingKeys.next(path), path + ".0123456789abcdef"] {
            #expect(chmod(file, 0o440) == 0)
        }
        let keys = try SealingKeys(orCreateAt: path, in: .credentials)
        #expect(Set(keys.ids) == [first.currentID, next.id, retired.id])
        #expect(throws: StorageError.keyTooOpen(path: path, mode: 0o440)) {
            try SealingKeys(orCreateAt: path)
        }
    }
}
