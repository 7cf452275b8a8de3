import GRDB
import TokenCore

extension AuditEvent {
    static let columns = "at, kind, token, owner_source, owner_id, by, detail"

    static let insertion =
        "INSERT INTO audit (seq, hash, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

    /// In the order of `columns`.
    func bind(to statement: inout Binding) {
        statement.add(at.milliseconds)
        statement.add(kind.rawValue)
        statement.add(token?.stored)
        statement.add(source)
        statement.add(owner?.id)
        statement.add(by)
        statement.add(detail)
    }

    /// From a row that has `columns`, beginning at `start`.
    init(row: Row, at start: Int = 0) throws {
        self.init(
            at: row.time(start), kind: try row.word(start + 1),
            token: row.hasNull(atIndex: start + 2) ? nil : try row.userCode(start + 2),
            owner: row.hasNull(atIndex: start + 4) ? nil : row.owner(start + 3, start + 4),
            source: row[start + 3], by: row[start + 5], detail: row[start + 6])
    }
}
