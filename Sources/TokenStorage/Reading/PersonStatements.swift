import GRDB
import TokenCore

/// Writes rows of people that a reading spooled, many with one statement: for each statement SQLite opens the
/// table and its indexes anew, which is nearly half of what a row costs that has one to itself.
struct PersonStatements {
    private static let rowsMax = 32
    /// The source, and the time.
    private static let sharedParameters = 2
    private static let rowParameters = 10

    private let db: Database
    private let many: RawStatement
    private let one: RawStatement
    private let updating: RawStatement

    private var all: [RawStatement] { [many, one, updating] }

    init(_ source: String, at now: Timestamp, in db: Database) throws {
        self.db = db
        many = try RawStatement(Self.insertion(of: Self.rowsMax), in: db)
        one = try RawStatement(Self.insertion(of: 1), in: db)
        updating = try RawStatement(Self.update, in: db)
        for statement in all {
            try statement.bind(copying: source, at: 1)
            try statement.bind(now.milliseconds, at: 2)
        }
    }

    /// How many of those that are left are the next to be put: so many at once, or one.
    static func rows(of left: Int) -> Int { left >= rowsMax ? rowsMax : 1 }

    /// As many as `rows` said, who stay where they are until `reset`. `memberships` is empty or has a place
    /// for each.
    func put(_ people: ArraySlice<SpooledPerson>, memberships: [[String]?]) throws {
        func bind(_ row: Int, to statement: RawStatement, as place: Int) throws {
            let person = people[people.startIndex + row]
            try self.bind(person, memberships.isEmpty ? nil : memberships[row], to: statement, as: place)
        }
        let inserting = people.count == 1 ? one : many
        for row in 0..<people.count { try bind(row, to: inserting, as: row) }
        try inserting.run()
        // Somebody was there before. To be updated to what one is already does no harm.
        guard db.changesCount < people.count else { return }
        for row in 0..<people.count {
            try bind(row, to: updating, as: 0)
            try updating.run()
        }
    }

    /// Forgets the rows.
    func reset() { for statement in all { statement.reset() } }

    /// The place of a row among those of its statement decides the numbers of its parameters.
    private func bind(
        _ person: SpooledPerson, _ memberships: [String]?, to statement: RawStatement, as place: Int
    ) throws {
        let before = Int32(Self.sharedParameters + place * Self.rowParameters)
        var isDisabled = false
        try person.forEachText { place, text in
            if place == SpooledPerson.disabledPlace { isDisabled = text != nil }
            try statement.bind(text, at: before + place)
        }
        try statement.bind(isDisabled ? "disabled" : "present", at: before + 9)
        if let memberships {
            try statement.bind(copying: TextList.encode(memberships), at: before + 10)
        } else {
            try statement.bind("[]", at: before + 10)
        }
    }

    /// Nothing for somebody who is there: of one statement that does both SQLite would copy each page that it
    /// touches, to undo the one half of it.
    private static func insertion(of rows: Int) -> String {
        let values = (0..<rows).map { row in
            let own = (1...rowParameters).map { "?\(sharedParameters + row * rowParameters + $0)" }
            return "(\(own.joined(separator: ", ")), ?1, ?2)"
        }
        return """
            INSERT INTO person (id, login, email, display_name, dn, disabled, login_folded, email_folded,
                standing, memberships, source, since)
            VALUES \(values.joined(separator: ", "))
            ON CONFLICT (source, id) DO NOTHING
            """
    }

    private static let update = """
        UPDATE person SET
            login = ?4, email = ?5, display_name = ?6, dn = ?7, disabled = ?8, login_folded = ?9,
            email_folded = ?10, standing = ?11, since = iif(standing = ?11, since, ?2), evidence = NULL,
            memberships = ?12
        WHERE source = ?1 AND id = ?3
        """
}
