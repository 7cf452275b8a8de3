import Foundation
import GRDB
import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct BackupTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test func `a backup made while the daemon writes is one moment of it, whole and closed to others`()
        async throws
    {
        let store = try fixture.open()
        try await fixture.seed(store)
        let stop = Task {
            for number in UInt64(100)... {
                if Task.isCancelled { return }
                try await store.make(token(number))
            }
        }
        var revisions: [Int64] = []
        for number in 0..<10 {
            let target = "\(fixture.backup).\(number)"
            let facts = try StoreBackup.make(of: fixture.path, at: target)
            #expect(Int64(facts.liveTokens) == facts.revision, "a line for each token")
            #expect(fixture.mode(target) == 0o600)
            revisions.append(facts.revision)
        }
        stop.cancel()
        try await stop.value
        #expect(revisions == revisions.sorted())
        await store.close()
        let beside = try fixture.files.filter { $0.hasPrefix("backup.sqlite") }
        #expect(beside.count == 10, "neither logs nor parts: \(beside)")
    }

    @Test func `what a killed backup of its name left is gone, and what others make is not`() async throws {
        let store = try fixture.open()
        let others = [
            "backup.sqlite.1.partial", "backup.sqlite.x.partial", "other.sqlite.\(pid_t.max).partial",
        ]
        for name in others + ["backup.sqlite.\(pid_t.max).partial"] {
            #expect(FileManager.default.createFile(atPath: "\(fixture.directory)/\(name)", contents: nil))
        }
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        await store.close()
        #expect(try fixture.files.filter { $0.hasSuffix(".partial") } == Set(others))
    }

    @Test func `a backup tells what is in it`() async throws {
        let store = try fixture.open()
        try await fixture.seed(store)
        try await store.end(2, .revoked)
        try await store.mutate { writer in
            var sealed = token(9)
            sealed.sealed = SealedSecret(keyID: "k-1", bytes: [1])
            try writer.insert(sealed)
        }
        let facts = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        #expect(facts.revision == 5)
        #expect(facts.liveTokens == 4)
        #expect(facts.endedTokens == 1)
        #expect(facts.people == 1)
        #expect(facts.keys == ["k-1"])
        #expect(facts.schema == Schema.version)
        let kept = try await store.read { try $0.verifyAudit() }
        #expect(kept == .intact(lines: 5, head: facts.head))
        await store.close()
    }

    @Test func `a file that is there is kept, unless it is to be replaced`() async throws {
        let facts = try await fixture.backedUp()
        #expect(throws: BackupError.exists(path: fixture.backup)) {
            try StoreBackup.make(of: fixture.path, at: fixture.backup)
        }
        var options = StoreBackup.Options()
        options.replacing = true
        #expect(try StoreBackup.make(of: fixture.path, at: fixture.backup, options) == facts)
    }

    @Test(arguments: ["", "-wal", "-shm"])
    func `the database is never written over, by whatever name`(file: String) async throws {
        let store = try fixture.open()
        try await fixture.seed(store)
        let other = fixture.directory + "/other"
        #expect(link(fixture.path + file, other) == 0)
        var options = StoreBackup.Options()
        options.replacing = true
        for target in [fixture.path + file, other] {
            #expect(throws: BackupError.sameFile(path: target)) {
                try StoreBackup.make(of: fixture.path, at: target, options)
            }
        }
        await store.close()
    }

    @Test func `a damaged database, or a trail that was changed, does not replace a good backup`()
        async throws
    {
        _ = try await fixture.backedUp()
        try fixture.tamper("UPDATE audit SET by = 'nobody' WHERE seq = 2")
        var options = StoreBackup.Options()
        options.replacing = true
        #expect(throws: BackupError.self) {
            try StoreBackup.make(of: fixture.path, at: fixture.backup, options)
        }
        try fixture.tamper("UPDATE audit SET by = 'uid 0 (root)' WHERE seq = 2")
        try fixture.tamper(StoreFixture.indexDamage)
        let error = #expect(throws: BackupError.self) {
            try StoreBackup.make(of: fixture.path, at: fixture.backup, options)
        }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let kept = try DatabaseCheck.facts(fixture.backup, acceptBrokenAudit: false)
        #expect(kept.revision == 4)
        #expect(try fixture.files.contains { $0.hasSuffix(".partial") } == false)
    }

    @Test(arguments: [false, true])
    func `a file that somebody else laid down at the copy's name is refused, and left as it is`(
        isLink: Bool
    ) async throws {
        _ = try await fixture.backedUp()
        let (partial, elsewhere) = ("\(fixture.backup).1.partial", fixture.directory + "/elsewhere")
        let content = Data("another's".utf8)
        try content.write(to: URL(fileURLWithPath: isLink ? elsewhere : partial))
        if isLink { #expect(symlink(elsewhere, partial) == 0) }
        let refusal = #expect(throws: StorageError.self) {
            try DatabaseCopy.make(of: fixture.path, at: partial) { _ in }
        }
        guard case .cannotOpen(path: partial, _) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: partial)) == content)
        #expect(try !fixture.files.contains { $0.hasSuffix("-journal") })
    }

    @Test func `a broken trail is kept when somebody says so`() async throws {
        _ = try await fixture.backedUp()
        try fixture.tamper("DELETE FROM audit WHERE seq = 2")
        var options = StoreBackup.Options()
        options.replacing = true
        options.acceptBrokenAudit = true
        #expect(try StoreBackup.make(of: fixture.path, at: fixture.backup, options).revision == 4)
    }

    @Test func `there is no backup of what is not there, nor of what is not ours`() throws {
        #expect(throws: BackupError.missing(path: fixture.path)) {
            try StoreBackup.make(of: fixture.path, at: fixture.backup)
        }
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE other (a)") }
        try queue.close()
        #expect(throws: BackupError.storage(.notADatabase(path: fixture.path))) {
            try StoreBackup.make(of: fixture.path, at: fixture.backup)
        }
        #expect(try fixture.files.contains("backup.sqlite") == false)
    }
}
