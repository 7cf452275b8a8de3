import GRDB
import TokenCore

extension TokenRecord {
    private static let names = [
        "id", "owner_source", "owner_id", "audience", "name", "write", "flags", "created_at", "updated_at",
        "expires_at", "last_used_at", "secret", "previous_secret", "previous_until", "sealed_key", "sealed",
        "ending", "ended_at", "ending_reason",
    ]

    static let columnCount = names.count
    /// Of a table that the query calls `t`.
    static let columns = names.map { "t.\($0)" }.joined(separator: ", ")

    static let insertion = """
        INSERT INTO token (\(names.joined(separator: ", ")))
        VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
        """
    /// The id comes first among the arguments, so it is `?1` here too.
    static let updating = """
        UPDATE token SET
        \(names.enumerated().dropFirst().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", "))
        WHERE id = ?1
        """

    /// In the order of `names`.
    func bind(to statement: inout Binding) {
        statement.add(id.stored)
        statement.add(owner.source)
        statement.add(owner.id)
        statement.add(audience)
        statement.add(name)
        statement.add(write ? 1 : 0)
        statement.add(TextList.encode(flags))
        for time in [createdAt, updatedAt, expiresAt, lastUsedAt] { statement.add(time?.milliseconds) }
        statement.add(secret.bytes)
        statement.add(previous?.secret.bytes)
        statement.add(previous?.until.milliseconds)
        statement.add(sealed?.keyID)
        statement.add(sealed?.bytes)
        statement.add(ending?.kind.rawValue)
        statement.add(ending?.at.milliseconds)
        statement.add(ending?.reason)
    }

    /// From a row that begins with `columns`.
    init(row: Row) throws {
        try self.init(unsealed: row)
        sealed = try row.sealed(14, 15)
    }

    /// As from `row`, but for the sealed secret.
    init(unsealed row: Row) throws {
        guard let secret = try row.digest(11) else {
            throw StorageError.corrupt(detail: "a token without digest")
        }
        let terms = TokenTerms(
            audience: row[3], name: row[4], write: row[5], flags: try TextList.decode(row[6]),
            expiresAt: row.optionalTime(9))
        self.init(
            id: try row.userCode(0), owner: row.owner(1, 2), secret: secret, terms: terms,
            createdAt: row.time(7))
        updatedAt = row.time(8)
        lastUsedAt = row.optionalTime(10)
        if let former = try row.digest(12), let until = row.optionalTime(13) {
            previous = PreviousSecret(secret: former, until: until)
        }
        if let kind: Ending.Kind = try row.optionalWord(16), let at = row.optionalTime(17) {
            ending = Ending(kind: kind, at: at, reason: row[18] ?? "")
        }
    }
}
