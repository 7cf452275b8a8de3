import GRDB
import TokenCore

/// One BEGIN IMMEDIATE … COMMIT for all mutations of a group.
///
/// A body that fails has mostly written nothing yet: then there is nothing to undo. When one fails after it
/// has written, the whole group is undone and run once more, with a savepoint for each.
struct GroupTransaction {
    private let begin: AuditTail
    private(set) var tail: AuditTail
    private(set) var changes: [StoreChange] = []
    private(set) var lines: [AuditLine] = []
    /// It failed, and what was kept of it is unknown.
    private(set) var isDoubtful = false
    private var outcomes: [Result<@Sendable () -> Void, any Error>] = []

    init(tail: AuditTail) {
        begin = tail
        self.tail = tail
    }

    /// Throws when nothing of the group is acknowledged. No transaction is open afterwards, whatever
    /// happened.
    mutating func run(_ group: [QueuedMutation], in db: Database) throws {
        do {
            try commit(in: db) { transaction in
                for mutation in group { try transaction.runBare(mutation, isAlone: group.count == 1, in: db) }
            }
        } catch is HalfWritten {
            self = GroupTransaction(tail: begin)
            try commit(in: db) { transaction in
                for mutation in group { try transaction.runApart(mutation, in: db) }
            }
        }
    }

    private mutating func commit(
        in db: Database, _ body: (inout GroupTransaction) throws -> Void
    ) throws {
        try db.run("BEGIN IMMEDIATE")
        var reachedCommit = false
        do {
            try body(&self)
            reachedCommit = true
            try db.run("COMMIT")
        } catch {
            // A COMMIT that leaves the transaction open has not happened.
            isDoubtful = reachedCommit && !db.isInsideTransaction
            // SQLite may have rolled back by itself already (https://www.sqlite.org/lang_transaction.html);
            // an error of ROLLBACK says no more than that.
            if db.isInsideTransaction { try? db.run("ROLLBACK") }
            throw error
        }
    }

    /// A body failed after it had written, and others share its transaction.
    private struct HalfWritten: Error {}

    /// The transaction itself undoes what is alone in it.
    private mutating func runBare(
        _ mutation: QueuedMutation, isAlone: Bool, in db: Database
    ) throws {
        let before = db.totalChangesCount
        do {
            try run(mutation, in: db)
        } catch {
            if isAlone { throw error }
            try failed(error, in: db)
            guard db.totalChangesCount == before else { throw HalfWritten() }
        }
    }

    private mutating func runApart(_ mutation: QueuedMutation, in db: Database) throws {
        try db.run("SAVEPOINT mutation")
        do {
            try run(mutation, in: db)
        } catch {
            try failed(error, in: db)
            try db.run("ROLLBACK TO mutation")
        }
        try db.run("RELEASE mutation")
    }

    private mutating func run(_ mutation: QueuedMutation, in db: Database) throws {
        var writer = StoreWriter(db: db, tail: tail)
        let acknowledge = try mutation.run(&writer)
        // A body that swallowed SQLite's error must not be acknowledged for what was rolled back.
        guard db.isInsideTransaction else { throw Self.undone }
        accept(writer, acknowledge)
    }

    /// A mutation's own error is its outcome; what is thrown concerns the whole group.
    private mutating func failed(_ error: any Error, in db: Database) throws {
        let error = StorageError.translating(error)
        guard db.isInsideTransaction else { throw error as? StorageError ?? Self.undone }
        outcomes.append(.failure(error))
    }

    private mutating func accept(
        _ writer: borrowing StoreWriter, _ acknowledge: @escaping @Sendable () -> Void
    ) {
        tail = writer.tail
        changes += writer.changes
        lines += writer.lines
        outcomes.append(.success(acknowledge))
    }

    private static let undone = StorageError.inputOutput(
        detail: "SQLite undid the transaction by itself", code: ResultCode.SQLITE_ABORT_ROLLBACK.rawValue)

    func answerAll(of group: [QueuedMutation]) {
        for (mutation, outcome) in zip(group, outcomes) {
            switch outcome {
            case .success(let acknowledge): acknowledge()
            case .failure(let error): mutation.fail(error)
            }
        }
    }

    /// Who had failed by themselves hear their own error; everybody else the group's.
    func failAll(of group: [QueuedMutation], with error: any Error) {
        for (index, mutation) in group.enumerated() {
            if index < outcomes.count, case .failure(let own) = outcomes[index] {
                mutation.fail(own)
            } else {
                mutation.fail(error)
            }
        }
    }
}
