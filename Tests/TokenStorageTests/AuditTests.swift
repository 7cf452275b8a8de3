import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct AuditTests {
    let fixture: StoreFixture
    let store: TokenStore

    init() async throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        for number in UInt64(1)...5 {
            _ = try await store.mutate {
                try $0.append(event(.tokenCreated, token: token(number).id, owner: alice))
            }
        }
    }

    private func verify() async throws -> AuditVerification { try await store.read { try $0.verifyAudit() } }

    @Test func aTrailAsItWasWrittenIsIntact() async throws {
        guard case .intact(lines: 5, let head) = try await verify() else {
            Issue.record("it is not")
            return
        }
        #expect(head.count == 32)
        #expect(try await store.read { try $0.revision } == 5)
    }

    @Test(arguments: [
        ("UPDATE audit SET detail = 'x' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE audit SET token = 9 WHERE seq = 2", 2),
        ("UPDATE audit SET token = NULL WHERE seq = 2", 2),
        ("UPDATE audit SET owner_id = 'b' WHERE seq = 5", 5),
        ("UPDATE audit SET owner_id = owner_id || by, by = '' WHERE seq = 4", 4),
        ("UPDATE audit SET kind = 'invented' WHERE seq = 4", 4),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit", 1),
    ])
    func aChangedOrRemovedLineIsFound(_ sql: String, _ line: Int64) async throws {
        try fixture.tamper(sql)
        #expect(try await verify() == .broken(seq: line))
    }

    @Test func aTokensStoryIncludesItsOwners() async throws {
        _ = try await store.mutate { writer in
            try writer.append(event(.userDisabled, owner: alice))
            try writer.append(event(.userDisabled, owner: bob))
            try writer.append(event(.tokenRevoked, token: token(2).id, owner: alice))
            try writer.append(event(.syncAccepted))
        }
        let story = try await store.read { try $0.audit(token: token(2).id, owner: alice, limit: 10) }
        #expect(story.map(\.kind) == [.tokenCreated, .userDisabled, .tokenRevoked])
        #expect(story.first == event(.tokenCreated, token: token(2).id, owner: alice))
        let own = try await store.read { try $0.audit(token: token(2).id, owner: nil, limit: 10) }
        #expect(own.map(\.kind) == [.tokenCreated, .tokenRevoked])
    }

    @Test(arguments: [
        "UPDATE audit SET how = 'kernel' WHERE seq = 6", "UPDATE audit SET how = NULL WHERE seq = 6",
        "UPDATE audit SET how = 'kernel' WHERE seq = 1",
    ])
    func `how it is known who did something is in the chain, and lines from before it hold`(
        sql: String
    )
        async throws
    {
        _ = try await store.mutate { writer in
            let author = Author("uid 0 (root)", how: "kernel, process 7; role admin")
            return try writer.append(
                AuditEvent(at: time(9), kind: .tokenRevoked, token: token(1).id, by: author))
        }
        guard case .intact(lines: 6, _) = try await verify() else {
            Issue.record("it is not")
            return
        }
        try fixture.tamper(sql)
        guard case .broken = try await verify() else {
            Issue.record("it was not found")
            return
        }
    }

    @Test func `a trail of the first schema is intact after the second`() async throws {
        let former = try await verify()
        await store.close()
        try fixture.tamper(
            """
            ALTER TABLE audit DROP COLUMN how; DELETE FROM grdb_migrations WHERE identifier = '2';
            PRAGMA user_version = 1
            """)
        let backup = try StoreBackup.make(of: fixture.path, at: fixture.directory + "/old")
        #expect(backup.schema == 1)
        let reopened = try fixture.open()
        #expect(try await reopened.read { try $0.verifyAudit() } == former)
        await reopened.close()
    }

    @Test func `lines are found by what they are about, the last ones in their order`() async throws {
        _ = try await store.mutate { writer in
            try writer.append(event(.tokenRevoked, token: token(2).id, owner: alice))
            try writer.append(event(.userGone, owner: bob))
        }
        func found(_ change: (inout AuditQuery) -> Void) async throws -> [Int64] {
            var query = AuditQuery(limit: 100)
            change(&query)
            let asked = query
            return try await store.read { try $0.audit(asked).map(\.head.seq) }
        }
        #expect(try await found { _ in } == [1, 2, 3, 4, 5, 6, 7])
        #expect(try await found { $0.limit = 2 } == [6, 7])
        #expect(try await found { ($0.limit, $0.before) = (2, 6) } == [4, 5])
        #expect(try await found { ($0.limit, $0.after) = (2, 3) } == [4, 5])
        #expect(try await found { $0.token = token(2).id } == [2, 6])
        #expect(try await found { $0.owners = [bob, robot] } == [7])
        #expect(try await found { $0.owners = [alice, bob] }.count == 7)
        #expect(try await found { $0.kind = .tokenRevoked } == [6])
        #expect(try await found { $0.by = "root" }.count == 7)
        #expect(try await found { $0.by = "ROOT" } == [])
        #expect(try await found { $0.since = time(6) } == [])
    }

    @Test func `a head is in the trail that went through it, and in no other`() async throws {
        let heads = try await store.read { reader in
            try reader.audit(AuditQuery(limit: 9)).map(\.head)
        }
        #expect(try await store.read { try $0.auditHead } == heads.last)
        #expect(store.auditHead == heads.last)
        for head in heads {
            #expect(AuditHead(text: head.text) == head)
            #expect(try await store.read { try $0.hasAudit(head) })
            let other = AuditHead(seq: head.seq, hash: head.hash.reversed())
            #expect(try await store.read { try $0.hasAudit(other) } == false)
        }
        let beyond = AuditHead(seq: 6, hash: heads[0].hash)
        #expect(try await store.read { try $0.hasAudit(beyond) } == false)
        for text in ["", "1", "1:", "1:00", "x:\(String(repeating: "0", count: 64))"] {
            #expect(AuditHead(text: text) == nil)
        }
    }

    @Test func `the note of the trail's end is read as it was written, for its owner alone`() throws {
        #expect(try AuditHeadFile.read(beside: fixture.path) == nil)
        let head = AuditHead(seq: 7, hash: Array(0..<32))
        for _ in 0..<2 { try AuditHeadFile.write(head, beside: fixture.path) }
        #expect(try AuditHeadFile.read(beside: fixture.path) == head)
        #expect(fixture.mode(AuditHeadFile.path(of: fixture.path)) == 0o600)
        #expect(truncate(AuditHeadFile.path(of: fixture.path), 10) == 0)
        #expect(throws: StorageError.self) { try AuditHeadFile.read(beside: fixture.path) }
    }
}
