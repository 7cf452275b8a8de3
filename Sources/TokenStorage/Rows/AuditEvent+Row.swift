import GRDB
import TokenCore

extension AuditEvent {
    static let columns = "at, kind, token, owner_source, owner_id, by, detail, how"

    /// The same of a database that may be of an older schema: a backup, before it is restored.
    static func columns(in db: Database) throws -> String {
        let isThere = try db.columns(in: "audit").contains { $0.name == "how" }
        return isThere ? columns : columns.replacing(", how", with: ", NULL AS how")
    }

    static let insertion =
        "INSERT INTO audit (seq, hash, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    /// In the order of `columns`.
    func bind(to statement: inout Binding) {
        statement.add(at.milliseconds)
        statement.add(kind.rawValue)
        statement.add(token?.stored)
        statement.add(source)
        statement.add(owner?.id)
        statement.add(by)
        statement.add(detail)
        statement.add(how)
    }

    /// From a row that has `columns`, beginning at `start`.
    init(row: Row, at start: Int = 0) throws {
        self.init(
            at: row.time(start), kind: try row.word(start + 1),
            token: row.hasNull(atIndex: start + 2) ? nil : try row.userCode(start + 2),
            owner: row.hasNull(atIndex: start + 4) ? nil : row.owner(start + 3, start + 4),
            source: row[start + 3], by: Author(row[start + 5], how: row[start + 7]), detail: row[start + 6])
    }
}
