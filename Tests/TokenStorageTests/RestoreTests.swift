import Foundation
import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct RestoreTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test func `what was revoked, purged or rotated since stays so, and what was made since is gone`()
        async throws
    {
        let facts = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.end(1, .revoked)
            try await store.end(2, .purged)
            try await store.rotate(3, to: digest(33))
            try await store.make(token(5))
        }
        let report = try fixture.restore()
        #expect(report.backup == facts)
        #expect(report.loss == nil)
        #expect(report.linesKept == 4)
        #expect(report.ended == [token(1).id, token(2).id])
        #expect(report.carriedOver == [token(3).id])
        #expect(report.forgotten == [token(5).id])
        #expect(report.revoked == [])
        #expect(try await fixture.endings() == [1: .revoked, 2: .purged])
        try await fixture.reopened { store in
            #expect(try await store.token(token(3).id)?.secret == digest(33))
            #expect(try await store.token(token(4).id) == token(4))
            #expect(try await store.token(token(5).id) == nil)
            let verdict = try await store.read { try $0.verifyAudit() }
            guard case .intact(lines: 9, _) = verdict else {
                Issue.record("\(verdict)")
                return
            }
        }
    }

    @Test func `the former database is kept beside it, and nothing else is`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { try await $0.end(1, .revoked) }
        let report = try fixture.restore()
        let former = try #require(report.former)
        #expect(former == fixture.path + ".before-restore-19700101T001640Z")
        let names = try fixture.files
        #expect(
            names == [
                "backup.sqlite", "tokens.sqlite", "tokens.sqlite.lock",
                "tokens.sqlite.before-restore-19700101T001640Z",
            ])
        #expect(fixture.mode(fixture.path) == 0o600)
        #expect(try DatabaseCheck.facts(former, acceptBrokenAudit: false).revision == 5)
    }

    @Test func `by a link to it the database itself is replaced, and not while it is open`() async throws {
        _ = try await fixture.backedUp()
        let link = try fixture.link()
        let options = RestoreOptions(now: time(1000), by: "uid 0 (root)")
        let store = try fixture.open()
        #expect(throws: BackupError.storage(.inUse(path: fixture.path, pid: getpid()))) {
            try StoreRestore.run(fixture.backup, over: link, options)
        }
        try await store.make(token(5))
        await store.close()
        let report = try StoreRestore.run(fixture.backup, over: link, options)
        #expect(report.former == fixture.path + ".before-restore-19700101T001640Z")
        #expect(report.forgotten == [token(5).id])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == fixture.path)
        #expect(try await fixture.reopened { try await $0.token(token(5).id) } == nil)
    }

    @Test func `who was found gone or disabled since stays so, and every directory is read at once`()
        async throws
    {
        let store = try fixture.open()
        try await fixture.seed(store)
        try await store.put(person(bob))
        try await store.mutate { writer in
            var state = SourceState(source: "corp")
            state.lastAttemptAt = time(5)
            state.cookie = ChangeCookie(kind: .contentSync, server: "s", bytes: [1])
            try writer.put(state)
        }
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        try await store.mutate { writer in
            try writer.put(person(alice, .gone, since: 400))
            try writer.append(event(.userGone, owner: alice))
            try writer.append(event(.userDisabled, owner: bob))
            var line = event(.userMissing, owner: carol)
            line.detail = "carol, missing from what was read; \(Evidence.moved.account)"
            try writer.append(line)
        }
        await store.close()
        #expect(try fixture.restore().people == 3)
        try await fixture.reopened { store in
            #expect(try await store.person(alice) == person(alice, .gone, since: 400))
            #expect(try await store.person(bob)?.standing == .disabled, "the line counts, not the row")
            let missing = try await store.person(carol)
            #expect(missing?.standing == .missing)
            #expect(missing?.evidence == .moved, "as its line accounts for it")
            let state = try await store.read { try $0.sourceState("corp") }
            #expect(state?.lastAttemptAt == nil)
            #expect(state?.cookie == nil)
        }
    }

    /// Alice is a boss in the backup, and Bob is not.
    private func backedUpBosses() async throws {
        let store = try fixture.open()
        try await fixture.seed(store)
        var boss = person(alice)
        boss.memberships = ["(boss)"]
        try await store.put(boss, person(bob))
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        (boss.memberships, boss.person.login) = ([], "renamed")
        var new = person(bob)
        new.memberships = ["(boss)"]
        try await store.put(boss, new)
        await store.close()
    }

    private func memberships() async throws -> [[String]?] {
        try await fixture.reopened { store in
            [try await store.person(alice)?.memberships, try await store.person(bob)?.memberships]
        }
    }

    @Test func `memberships and labels are as the database in place has them`() async throws {
        try await backedUpBosses()
        _ = try fixture.restore()
        #expect(try await memberships() == [[], ["(boss)"]])
        #expect(try await fixture.reopened { try await $0.person(alice)?.person.login } == "renamed")
    }

    @Test(arguments: [
        StoreFixture.indexDamage, "UPDATE audit SET hash = zeroblob(32) WHERE seq = 4",
        "UPDATE person SET memberships = 'torn'", "DELETE FROM person; DELETE FROM audit",
    ])
    func `nobody is a member of anything where the database in place cannot tell`(sql: String) async throws {
        try await backedUpBosses()
        try fixture.tamper(sql)
        _ = try fixture.restore { $0.unknown = .accept }
        #expect(try await memberships() == [[], []])
    }

    @Test func `a line about somebody gives them no membership back`() async throws {
        try await backedUpBosses()
        try await fixture.reopened { store in
            _ = try await store.mutate { try $0.append(event(.userBack, owner: bob)) }
            try await store.end(1, .revoked)
        }
        try fixture.tamper("UPDATE audit SET by = 'x' WHERE seq = 6")
        _ = try fixture.restore { $0.unknown = .accept }
        #expect(try await memberships() == [[], []])
    }

    @Test func `who left or was disabled without a token to lose has not come back`() async throws {
        let store = try fixture.open()
        try await fixture.seed(store)
        let (dave, erin) = (OwnerID(source: "corp", id: "d"), OwnerID(source: "corp", id: "e"))
        for owner in [bob, dave, erin] { try await store.put(person(owner)) }
        try await store.make(token(5, of: dave))
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        try await store.end(5, .revoked)
        try await store.mutate { writer in
            try writer.forgetToken(token(5).id)
            for owner in [bob, dave] { try writer.forgetOrMiss(owner, at: time(500)) }
        }
        try await store.put(person(erin, .disabled, since: 500))
        await store.close()
        _ = try fixture.restore()
        try await fixture.reopened { store in
            let (left, tombstone) = (try await store.person(bob), try await store.person(dave))
            #expect(left == nil)
            #expect(tombstone?.standing == .missing)
            #expect(try await store.person(erin)?.standing == .disabled)
        }
    }

    @Test func `without the audit trail somebody has to decide, and nothing happens before`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { try await $0.end(1, .revoked) }
        for file in [fixture.path, fixture.path + "-wal"] { unlink(file) }
        #expect(throws: BackupError.undecided(.noDatabase)) { try fixture.restore() }
        #expect(try fixture.files.contains("tokens.sqlite") == false)
        #expect(try fixture.restore { $0.unknown = .accept }.loss == .noDatabase)
        #expect(try await fixture.endings() == [:], "as somebody has said")
    }

    @Test func `what was issued before a time is revoked, by the last drawing of its secret`() async throws {
        let store = try fixture.open()
        try await fixture.seed(store)
        try await store.make(token(6, at: 700))
        try await store.rotate(3, to: digest(33))
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        await store.close()
        unlink(fixture.path)
        let report = try fixture.restore { $0.unknown = .revokeIssued(before: time(500)) }
        #expect(report.revoked == [1, 2, 4].map { token($0).id })
        #expect(try await fixture.endings() == [1: .revoked, 2: .revoked, 4: .revoked])
    }

    @Test(arguments: [
        ("DELETE FROM audit WHERE seq >= 4; DELETE FROM token WHERE id = 4", TrailLoss.otherHistory),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 4", .otherHistory),
        ("UPDATE audit SET by = 'x' WHERE seq = 6", .broken(after: 5)),
        ("DELETE FROM audit WHERE seq = 6", .broken(after: 5)),
    ])
    func `a trail that was changed is not believed beyond that`(sql: String, loss: TrailLoss) async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.end(1, .revoked)
            try await store.end(2, .revoked)
        }
        try fixture.tamper(sql)
        #expect(throws: BackupError.undecided(loss)) { try fixture.restore() }
        let report = try fixture.restore { $0.unknown = .accept }
        #expect(report.ended == (loss == .otherHistory ? [] : [token(1).id]), "what is proved is kept")
    }

    @Test func `a rotated token whose new secret is lost is revoked, since its old one must not be good`()
        async throws
    {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.rotate(3, to: digest(33))
            try await store.end(1, .purged)
        }
        // The rows of a damaged database are not believed; its trail proves itself.
        try fixture.tamper(StoreFixture.indexDamage)
        let report = try fixture.restore()
        #expect(report.loss == nil)
        #expect(report.revoked == [token(3).id])
        #expect(report.ended == [token(1).id])
        #expect(try await fixture.endings() == [1: .purged, 3: .revoked])
    }

    @Test func `a former secret that a revocation ended stays ended, though the token was brought back`()
        async throws
    {
        let store = try fixture.open()
        try await fixture.seed(store)
        try await store.change(3, .tokenRotated) {
            $0.previous = PreviousSecret(secret: digest(33), until: time(9000))
        }
        _ = try StoreBackup.make(of: fixture.path, at: fixture.backup)
        try await store.end(3, .revoked)
        try await store.change(3, .tokenRestored) { ($0.ending, $0.previous) = (nil, nil) }
        await store.close()
        #expect(try fixture.restore().carriedOver == [token(3).id])
        try await fixture.reopened { store in
            let record = try #require(try await store.token(token(3).id))
            #expect(record.ending == nil && record.previous == nil)
        }
    }

    @Test func `the secret before a rotation comes back in no tombstone either`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.rotate(3, to: digest(33))
            for number in UInt64(3)...4 { try await store.end(number, .revoked) }
            try await store.mutate { writer in
                for number in UInt64(3)...4 { try writer.forgetToken(token(number).id) }
            }
        }
        #expect(try fixture.restore().ended == [token(3).id, token(4).id])
        try await fixture.reopened { store in
            let (third, fourth) = (try await store.token(token(3).id), try await store.token(token(4).id))
            #expect(third == nil)
            #expect(fourth?.secret == digest(4), "which was its last one")
        }
        #expect(try await fixture.endings() == [4: .revoked])
    }

    @Test func `the time on record is not put back`() async throws {
        _ = try await fixture.backedUp()
        let mark = ClockMark(at: time(5000), doubted: .zero)
        try await fixture.reopened { store in
            try await store.mutate { try $0.put(mark) }
            try await store.end(1, .revoked)
        }
        _ = try fixture.restore()
        let restored = try await fixture.reopened { store in try await store.read { try $0.clockMark() } }
        #expect(restored == mark)
    }

    @Test func `names that were swapped since are swapped in what is restored`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.mutate { writer in
                for (number, name) in [(UInt64(1), "x"), (2, "n1"), (1, "n2")] {
                    var record = try writer.reader.token(token(number).id)!
                    record.name = name
                    try writer.update(record)
                    try writer.append(event(.tokenUpdated, token: record.id, owner: alice))
                }
            }
        }
        #expect(try fixture.restore().carriedOver == [token(1).id, token(2).id])
        let names = try await fixture.reopened { store in
            [try await store.token(token(1).id)?.name, try await store.token(token(2).id)?.name]
        }
        #expect(names == ["n2", "n1"])
    }

    @Test func `a daemon that runs is not disturbed`() async throws {
        _ = try await fixture.backedUp()
        let store = try fixture.open()
        #expect(throws: BackupError.storage(.inUse(path: fixture.path, pid: getpid()))) {
            try fixture.restore()
        }
        await store.close()
    }

    @Test func `a backup that is damaged, cut or changed is refused, and nothing happens`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { try await $0.end(1, .revoked) }
        let damaged = fixture.backup
        #expect(truncate(damaged, 40_000) == 0)
        #expect(throws: BackupError.self) { try fixture.restore() }
        #expect(truncate(damaged, 50) == 0)
        #expect(throws: BackupError.storage(.notADatabase(path: damaged))) { try fixture.restore() }
        #expect(try await fixture.endings() == [1: .revoked])
        #expect(try fixture.files.contains { $0.contains("restor") } == false)
    }

    @Test func `a dry run tells the same and changes nothing`() async throws {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            try await store.end(1, .revoked)
            try await store.make(token(5))
        }
        var dry = try fixture.restore { $0.dryRun = true }
        let made = try await fixture.reopened { try await $0.token(token(5).id) }
        #expect(made != nil)
        let real = try fixture.restore()
        dry.former = real.former
        #expect(dry == real)
    }

    @Test(arguments: StoreRestore.Step.allCases)
    func `a power cut at any step leaves either database whole`(step: StoreRestore.Step) async throws {
        _ = try await fixture.backedUp()
        // Not closed in order: its log still holds the revocation.
        let store = try fixture.open()
        try await store.end(1, .revoked)
        try await store.make(token(5))
        let crashed = try StoreFixture()
        for name in ["tokens.sqlite", "tokens.sqlite-wal", "backup.sqlite"] {
            try copy(fixture.directory + "/" + name, to: crashed.directory + "/" + name)
        }
        await store.close()

        struct PowerCut: Error {}
        let options = RestoreOptions(now: time(1000), by: "uid 0 (root)")
        #expect(throws: BackupError.self) {
            try StoreRestore.run(crashed.backup, over: crashed.path, options, progress: { _ in }) { reached in
                if reached == step { throw PowerCut() }
            }
        }
        #expect(try await crashed.endings() == [1: .revoked])
        try await crashed.reopened { store in
            let isRestored = step == .replaced
            #expect(try await store.token(token(5).id) == (isRestored ? nil : token(5)))
            guard case .intact = try await store.read({ try $0.verifyAudit() }) else {
                Issue.record("the trail is broken")
                return
            }
        }
        #expect(try crashed.restore { $0.now = time(2000) }.ended == [token(1).id], "and it can be repeated")
    }

    private func copy(_ source: String, to target: String) throws {
        let input = open(source, O_RDONLY)
        let output = open(target, O_WRONLY | O_CREAT, 0o600)
        defer {
            close(input)
            close(output)
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = read(input, &bytes, bytes.count), count > 0 {
            #expect(write(output, bytes, count) == count)
        }
    }
}
