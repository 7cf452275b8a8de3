import GRDB
import TokenCore

/// The latest line of the audit trail: what the next one is chained to.
struct AuditTail: Equatable, Sendable {
    static let hashLength = 32

    var seq: Int64
    var hash: [UInt8]

    /// Before the first line.
    static let empty = AuditTail(seq: 0, hash: [UInt8](repeating: 0, count: hashLength))

    init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    var head: AuditHead { AuditHead(seq: seq, hash: hash) }

    init(_ db: Database) throws {
        let last = try db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1") { row in
            AuditTail(seq: row[0], hash: try row.bytes(1) ?? [])
        }
        self = last ?? .empty
    }
}
