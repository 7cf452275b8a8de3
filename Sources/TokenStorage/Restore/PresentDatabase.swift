import GRDB
import Glibc
import TokenCore

/// What the database that a backup is to replace still tells of the time after the backup.
struct PresentDatabase {
    /// The audit lines after the backup's last, in order, each proved by the chain.
    var trail: [AuditEvent] = []
    /// Where the chain arrives with them.
    var tail: AuditTail
    /// Why more may have happened than the trail tells; nil when it tells all.
    var loss: TrailLoss?
    /// As they are now; of those that the trail names, and none when the rows are not to be believed.
    var tokens: [UserCode: TokenRecord] = [:]
    var people: [OwnerID: PersonRecord] = [:]
    /// Whether the rows of all people are to be believed: with a trail that tells all, of a file that is
    /// whole.
    private(set) var tellsPeople = false
    private let path: String
    /// The time that is on record: what has expired by it must not come back.
    var clock: ClockMark?

    /// `tail` is the backup's. Never fails: what cannot be read is lost.
    init(reading path: String, after tail: AuditTail) {
        self.tail = tail
        self.path = path
        guard access(path, F_OK) == 0 else {
            loss = .noDatabase
            return
        }
        do {
            try DatabaseFile.inspect(path)
            let queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.inspection)
            defer { try? queue.close() }
            try queue.read { db in
                try follow(db, path)
                try readRows(db, path: path)
            }
        } catch {
            loss = loss ?? .unreadable("\(StorageError.closing(error))")
        }
    }

    private mutating func follow(_ db: Database, _ path: String) throws {
        if tail.seq > 0 {
            let anchor = try StoreReader(db: db).auditHash(of: tail.seq)
            guard anchor == tail.hash else {
                loss = .otherHistory
                return
            }
        }
        do {
            let isWhole = try StoreReader(db: db).followAudit(from: tail) { event, next in
                trail.append(event)
                tail = next
            }
            let noted = try AuditHeadFile.read(beside: path)
            let isNoted = try noted.map { try StoreReader(db: db).hasAudit($0) } ?? true
            if !isWhole || !isNoted { loss = .broken(after: tail.seq) }
        } catch {
            loss = .broken(after: tail.seq)
        }
    }

    /// For what is asked of it after all.
    func read<T>(_ body: (StoreReader) throws -> T) throws -> T {
        let queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.inspection)
        defer { try? queue.close() }
        return try queue.read { try body(StoreReader(db: $0)) }
    }

    /// The trail's lines prove themselves; the rows do not, so one damaged page is reason to leave them all.
    private mutating func readRows(_ db: Database, path: String) throws {
        guard (try? DatabaseCheck.checkIntegrity(db, path: path)) != nil else { return }
        let reader = StoreReader(db: db)
        clock = try reader.clockMark()
        for event in trail {
            if let id = event.token, tokens[id] == nil { tokens[id] = try reader.token(id) }
            if let owner = event.owner, Standing(event.kind) != nil, people[owner] == nil {
                people[owner] = try reader.person(owner)
            }
        }
        guard loss == nil else { return }
        // So that none of them fails later.
        try db.forEach("SELECT \(PersonRecord.columns) FROM person p") { _ = try PersonRecord(row: $0) }
        tellsPeople = true
    }
}
