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
        let story = try await store.read { try $0.audit(token: token(2).id, owner: alice) }
        #expect(story.map(\.kind) == [.tokenCreated, .userDisabled, .tokenRevoked])
        #expect(story.first == event(.tokenCreated, token: token(2).id, owner: alice))
        let own = try await store.read { try $0.audit(token: token(2).id, owner: nil) }
        #expect(own.map(\.kind) == [.tokenCreated, .tokenRevoked])
    }
}
