import GRDB
import TokenCore

extension PersonRecord {
    private static let names = [
        "source", "id", "login", "email", "display_name", "dn", "disabled", "standing", "since", "evidence",
        "memberships",
    ]
    private static let written = names + ["login_folded", "email_folded"]

    static let columnCount = names.count
    /// Of a table that the query calls `p`.
    static let columns = names.map { "p.\($0)" }.joined(separator: ", ")

    static let upserting = """
        INSERT INTO person (\(written.joined(separator: ", ")))
        VALUES (\(written.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT (source, id) DO UPDATE SET
        \(written.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        """

    var arguments: [(any DatabaseValueConvertible)?] {
        [
            id.source, id.id, person.login, person.email, person.displayName, person.dn, person.disabled,
            standing.rawValue, since.milliseconds, evidence?.rawValue, TextList.encode(memberships),
            Person.fold(person.login), person.email.map(Person.fold),
        ]
    }

    /// From a row that has `columns`, beginning at `start`.
    init(row: Row, at start: Int = 0) throws {
        let person = Person(
            id: row.owner(start, start + 1), login: row[start + 2], email: row[start + 3],
            displayName: row[start + 4], dn: row[start + 5], disabled: row[start + 6])
        self.init(
            person: person, standing: try row.word(start + 7), since: row.time(start + 8),
            evidence: try row.optionalWord(start + 9), memberships: try TextList.decode(row[start + 10]))
    }

    /// From an outer join: nil where there is no person.
    init?(optional row: Row, at start: Int) throws {
        if row.hasNull(atIndex: start) { return nil }
        try self.init(row: row, at: start)
    }
}
