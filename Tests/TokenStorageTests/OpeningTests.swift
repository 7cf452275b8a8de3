import Foundation
import GRDB
import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct OpeningTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test func aCommitReturnsOnlyOnceItIsOnTheDisk() throws {
        let store = try fixture.open()
        let pragmas = ["synchronous", "journal_mode", "trusted_schema", "cache_size"]
        let settings = try store.pool.writeWithoutTransaction { db in
            try pragmas.map { try DatabaseValue.fetchOne(db, sql: "PRAGMA \($0)")?.description }
        }
        #expect(settings == ["2", "\"wal\"", "0", "-32768"])
    }

    @Test func aSecondDaemonIsRefusedAndToldByWhom() throws {
        let store = try fixture.open()
        #expect(throws: StorageError.inUse(path: fixture.path, pid: getpid())) { try fixture.open() }
        withExtendedLifetime(store) {}
    }

    @Test func `a link to a database is that database, so a second daemon is refused by it, too`()
        async throws
    {
        let link = try fixture.link()
        let store = try fixture.open()
        #expect(throws: StorageError.inUse(path: fixture.path, pid: getpid())) { try TokenStore(path: link) }
        await store.close()
        let second = try TokenStore(path: link)
        #expect(throws: StorageError.inUse(path: fixture.path, pid: getpid())) { try fixture.open() }
        #expect(try fixture.files.contains("tokens.sqlite-wal"))
        #expect(access(link + "-wal", F_OK) != 0 && access(link + ".lock", F_OK) != 0)
        await second.close()
    }

    @Test func `a database that another program holds for itself is so for now, and not for good`()
        async throws
    {
        let store = try fixture.open()
        await store.close()
        let other = try DatabaseQueue(path: fixture.path)
        try await other.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT")
        }
        #expect(throws: StorageError.busy) { try fixture.open() }
        try other.close()
        await (try fixture.open()).close()
    }

    @Test func theLockGoesWithTheStore() async throws {
        let store = try fixture.open()
        await store.close()
        _ = try fixture.open()
        _ = try fixture.open()
    }

    @Test(arguments: ["PRAGMA user_version = 99", "INSERT INTO grdb_migrations VALUES ('99')"])
    func aNewerDatabaseIsRefusedAndLeftAsItIs(_ change: String) async throws {
        let store = try fixture.open()
        await store.close()
        try fixture.tamper(change)
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let error = #expect(throws: StorageError.self) { try fixture.open() }
        guard case .fromTheFuture(fixture.path, _, known: Schema.version) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws {
        let text = Data(String(repeating: "no database at all\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: fixture.path))
        #expect(throws: StorageError.notADatabase(path: fixture.path)) { try fixture.open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == text)
    }

    @Test func aFileTooShortToBeADatabaseIsNotTakenForAnEmptyOne() throws {
        let text = Data("x".utf8)
        try text.write(to: URL(fileURLWithPath: fixture.path))
        #expect(throws: StorageError.notADatabase(path: fixture.path)) { try fixture.open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == text)
    }

    @Test func afterACleanStopTheDatabaseAloneHoldsEverything() async throws {
        let store = try fixture.open()
        _ = try await store.mutate {
            try $0.append(AuditEvent(at: .distantPast, kind: .syncHeld, by: "test"))
        }
        await store.close()
        let copy = fixture.path + ".copy"
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        let database = try DatabaseQueue(path: copy)
        let lines = try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM audit") }
        #expect(lines == 1)
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        try fixture.tamper("CREATE TABLE theirs (x)")
        #expect(throws: StorageError.notADatabase(path: fixture.path)) { try fixture.open() }
    }

    @Test func aMissingDirectoryIsNamed() {
        let error = #expect(throws: StorageError.self) { try TokenStore(path: "/nonexistent/tokens.sqlite") }
        #expect(error?.description.contains("its directory /nonexistent: No such file") == true)
    }

    @Test func onlyItsOwnerReadsAnyOfItsFiles() async throws {
        let store = try fixture.open()
        try await store.insert(token(1, of: robot))
        for file in try FileManager.default.contentsOfDirectory(atPath: fixture.directory) {
            var info = stat()
            #expect(stat(fixture.directory + "/" + file, &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600, "\(file)")
        }
    }

    @Test func reopeningFindsEverything() async throws {
        let first = try fixture.open()
        try await first.put(person())
        try await first.insert(token(1), ended(token(2), .revoked))
        let revision = try await first.mutate { try $0.append(event(.tokenCreated)) }
        await first.close()

        let second = try fixture.open()
        #expect(try await second.token(token(1).id) == token(1))
        #expect(try await second.token(token(2).id) == ended(token(2), .revoked))
        #expect(try await second.person(alice) == person())
        #expect(second.facts().revision == revision)
        #expect(second.facts().schemaVersion == Schema.version)
        #expect(second.facts().bytesOnDisk > 0)
        #expect(try await second.mutate { try $0.append(event(.tokenCreated)) } == revision + 1)
        guard case .intact(lines: 2, _) = try await second.read({ try $0.verifyAudit() }) else {
            Issue.record("the chain broke")
            return
        }
    }

    /// What `kill -9` leaves: the files as they are, no checkpoint, and no shared memory after a reboot.
    @Test func whatWasAcknowledgedIsFoundAfterACrash() async throws {
        let store = try fixture.open()
        try await store.insert(token(1, of: robot), ended(token(2, of: robot), .revoked))
        let after = try StoreFixture()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: after.path + suffix)
        }
        let recovered = try after.open()
        #expect(try await recovered.token(token(1).id) == token(1, of: robot))
        #expect(try await recovered.token(token(2).id) == ended(token(2, of: robot), .revoked))
        await store.close()
    }

    @Test func aClosedStoreSaysSo() async throws {
        let store = try fixture.open()
        await store.close()
        await store.close()
        await #expect(throws: StorageError.closed) { try await store.insert(token(1)) }
        await #expect(throws: StorageError.closed) { try await store.token(token(1).id) }
    }

    @Test func aNetworkFileSystemIsKnownByItsMount() {
        let mounts = """
            22 1 8:1 / / rw,noatime shared:1 - ext4 /dev/sda1 rw
            40 22 0:45 / /srv rw shared:2 master:1 - nfs4 host:/srv rw
            """
        #expect(FileSystem.networkType(device: "0:45", mounts: mounts) == "nfs4")
        #expect(FileSystem.networkType(device: "8:1", mounts: mounts) == nil)
        #expect(FileSystem.networkType(device: "9:9", mounts: mounts) == nil)
    }
}
