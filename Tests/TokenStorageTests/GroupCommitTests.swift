import Dispatch
import GRDB
import Testing
import TokenCore

@testable import TokenStorage

struct GroupCommitTests {
    let fixture: StoreFixture
    let store: TokenStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private struct Refused: Error, Equatable { var number: UInt64 }

    /// Adds `count` mutations while the writer is held back, so that they must wait together.
    private func together(
        _ count: UInt64, alone: UInt64? = nil,
        _ body: @escaping @Sendable (inout StoreWriter, UInt64) throws -> Void
    ) async -> [UInt64: any Error] {
        let gate = DispatchSemaphore(value: 0)
        let begun = AsyncStream<Void>.makeStream()
        let held = Task {
            try await store.mutate { _ in
                begun.continuation.yield()
                gate.wait()
            }
        }
        _ = await begun.stream.first { true }
        let failures = await withTaskGroup(of: (UInt64, (any Error)?).self) { group in
            for number in 1...count {
                group.addTask {
                    do {
                        try await store.mutate(alone: number == alone) { try body(&$0, number) }
                        return (number, nil)
                    } catch { return (number, error) }
                }
            }
            while store.commits.waiting < Int(count) { await Task.yield() }
            gate.signal()
            return await group.reduce(into: [UInt64: any Error]()) { $0[$1.0] = $1.1 }
        }
        _ = await held.result
        return failures
    }

    @Test func mutationsThatWaitShareACommit() async throws {
        let observed = store.observed()
        let failures = await together(64) { writer, number in
            try writer.insert(token(number, of: robot))
            try writer.append(event(.tokenCreated, token: token(number).id))
        }
        #expect(failures.isEmpty)
        #expect(observed.revisions == [64])
        #expect(Set(observed.changes.compactMap(\.id)) == Set((1...64).map { UserCode(value: $0)! }))
    }

    @Test func anErrorUndoesOnlyItsOwnMutation() async throws {
        let observed = store.observed()
        let failures = await together(64) { writer, number in
            try writer.insert(token(number, of: robot))
            try writer.append(event(.tokenCreated, token: token(number).id))
            if number % 3 == 0 { throw Refused(number: number) }
        }
        #expect(
            failures.mapValues { $0 as? Refused }
                == (1...64).filter { $0 % 3 == 0 }
                .reduce(into: [:]) { $0[$1] = Refused(number: $1) })
        #expect(observed.changes.count == 43)
        #expect(store.facts().revision == 43)
        for number in UInt64(1)...64 {
            #expect((try await store.token(token(number).id) == nil) == (number % 3 == 0))
        }
        guard case .intact(lines: 43, _) = try await store.read({ try $0.verifyAudit() }) else {
            Issue.record("the chain has a gap")
            return
        }
    }

    @Test(arguments: [false, true])
    func aMutationThatWantsToBeAloneSharesItsCommitWithNobody(_ fails: Bool) async throws {
        let observed = store.observed()
        let failures = await together(20, alone: 7) { writer, number in
            try writer.append(event(.tokenCreated, token: token(number).id))
            try writer.insert(token(number, of: robot))
            if fails && number == 7 { throw Refused(number: 7) }
        }
        #expect(failures.mapValues { $0 as? Refused } == (fails ? [7: Refused(number: 7)] : [:]))
        let commits = observed.commitSizes
        #expect(commits.reduce(0, +) == (fails ? 19 : 20))
        #expect(commits.count <= 3 && (fails || commits.contains(1)))
        #expect((try await store.token(token(7).id) == nil) == fails)
        guard case .intact = try await store.read({ try $0.verifyAudit() }) else {
            Issue.record("the chain has a gap")
            return
        }
    }

    @Test func aConflictLeavesTheGroupAlone() async throws {
        let failures = await together(8) { writer, number in
            try writer.insert(token(number == 5 ? 4 : number, of: robot))
        }
        #expect(failures.count == 1)
        #expect(failures.values.first as? StoreConflict == .duplicateID)
    }

    @Test func whatIsAcknowledgedWasObservedBefore() async throws {
        let observed = store.observed()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in UInt64(1)...200 {
                group.addTask {
                    try await store.insert(token(number, of: robot))
                    #expect(observed.changes.contains { $0.id == token(number).id })
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func whatIsObservedIsAlreadyDurableForReaders() async throws {
        let pool = store.pool
        let counts = AsyncStream<Int>.makeStream()
        store.observe { _ in
            let count = try? pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM token") }
            counts.continuation.yield(count ?? -1)
        }
        try await store.insert(token(1, of: robot))
        #expect(await counts.stream.first { _ in true } == 1)
    }

    @Test func revisionsAreObservedInOrder() async throws {
        let observed = store.observed()
        let answered = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<300 {
                group.addTask { try await store.mutate { try $0.append(event(.tokenRevealed)) } }
            }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(answered == Set(1...300))
        #expect(observed.lines.map(\.revision) == Array(1...300))
    }

    @Test func aMutationThatChangesNothingIsNotObserved() async throws {
        let observed = store.observed()
        #expect(try await store.mutate { try $0.reader.peopleCount() } == 0)
        #expect(observed.count == 0)
    }

    @Test func aFullDiskFailsWithoutKeepingAnythingAndPassesOnceThereIsRoom() async throws {
        try await store.insert(token(1, of: robot))
        let pages = try limitPages(to: nil)
        _ = try limitPages(to: pages)
        let before = store.facts().revision
        let failures = await together(200) { writer, number in
            try writer.insert(token(number + 1, of: robot))
            for _ in 0..<20 { try writer.append(event(.tokenCreated, token: token(number + 1).id)) }
        }
        #expect(!failures.isEmpty)
        #expect(failures.values.allSatisfy { if case .full? = $0 as? StorageError { true } else { false } })
        for number in UInt64(1)...200 {
            #expect((try await store.token(token(number + 1).id) == nil) == (failures[number] != nil))
        }
        #expect(store.facts().revision == before + Int64(200 - failures.count) * 20)

        _ = try limitPages(to: 1_000_000)
        for number in failures.keys { try await store.insert(token(number + 1, of: robot)) }
        guard case .intact = try await store.read({ try $0.verifyAudit() }) else {
            Issue.record("the chain broke")
            return
        }
    }

    @Test func aCommitThatFailsFailsEverybodyInIt() async throws {
        let observed = store.observed()
        // A deferred foreign key fails only at COMMIT.
        try await store.pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA foreign_keys = ON;
                    CREATE TABLE a (id INTEGER PRIMARY KEY);
                    CREATE TABLE b (a REFERENCES a DEFERRABLE INITIALLY DEFERRED);
                    """)
        }
        let failures = await together(8) { writer, number in
            try writer.insert(token(number, of: robot))
            if number == 3 { try writer.db.execute(sql: "INSERT INTO b VALUES (7)") }
            if number == 4 { throw Refused(number: 4) }
        }
        #expect(failures.count == 8)
        #expect(failures[4] as? Refused == Refused(number: 4))
        #expect(failures.filter { $0.key != 4 }.values.allSatisfy { $0 is StorageError })
        #expect(observed.count == 0)
        #expect(try await store.token(token(1).id) == nil)
        try await store.insert(token(1, of: robot))
        #expect(observed.count == 1)
    }

    private func limitPages(to pages: Int?) throws -> Int {
        try store.pool.writeWithoutTransaction { db in
            if let pages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
            return try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        }
    }
}

extension StoreChange {
    var id: UserCode? {
        switch self {
        case .token(let token, _): token.id
        case .tokenForgotten(let id): id
        case .person: nil
        }
    }
}
