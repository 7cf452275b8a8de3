import GRDB
package import TokenCore

extension StoreReader {
    /// A source's people in the order of their ids, or against it, in groups, as long as `take` wants more.
    func forEachGroup(
        ofPeopleIn source: String, from end: KnownPeople.End, _ take: (KnownGroup) -> Bool
    ) throws {
        let columns = "id, standing, memberships, login, email, display_name, dn, disabled"
        var group = KnownGroup()
        try forEachRow(columns, source, from: end) { row in
            guard let id = row.text(0), let standing = row.text(1).map(Self.string).flatMap(Standing.init)
            else {
                throw StorageError.corrupt(detail: "a person without id or standing")
            }
            var labels = TextDigest()
            for column in Int32(3)...7 { labels.add(row.text(column)) }
            group.entries.append((TextDigest.of(id), labels.finish(), standing))
            if let list = row.text(2), list.count > Self.noMemberships {
                group.memberships[Self.string(id)] = try TextList.decode(Self.string(list))
            }
            guard group.entries.count == KnownGroup.countMax else { return true }
            group.last = Self.string(id)
            defer { group.removeAll() }
            return take(group)
        }
        _ = take(group)
    }

    /// The ids of those people of a source of whom `isSeen`, asked by the digest of an id, knows nothing.
    package func people(of source: String, except isSeen: (UInt64) -> Bool) throws -> [String] {
        var ids: [String] = []
        try forEachRow("id", source, from: .first) { row in
            if let id = row.text(0), !isSeen(TextDigest.of(id)) { ids.append(Self.string(id)) }
            return true
        }
        return ids
    }

    /// Whether anybody who has stood as they do since `time` or before, and is not gone, is one of whom
    /// `isSeen`, asked by the digest of an id, knows.
    package func hasAnybody(
        of source: String, since time: Timestamp, where isSeen: (UInt64) -> Bool
    ) throws -> Bool {
        let isOld = "CASE WHEN since <= \(time.milliseconds) AND standing <> 'gone' THEN '' END"
        var isFound = false
        try forEachRow("id, \(isOld)", source, from: .first) { row in
            isFound = row.text(1) != nil && row.text(0).map { isSeen(TextDigest.of($0)) } ?? false
            return !isFound
        }
        return isFound
    }

    /// The ids of those people of a source of whom something is left without a token in use: memberships,
    /// which give roles, or tombstones, which may be restored.
    package func peopleWithRemains(of source: String) throws -> [String] {
        try db.rows(
            """
            SELECT p.id FROM person p WHERE p.source = ?1
            AND NOT EXISTS (
                SELECT 1 FROM token t
                WHERE t.owner_source = p.source AND t.owner_id = p.id AND t.ending IS NULL)
            AND (p.memberships <> ?2 OR EXISTS (
                SELECT 1 FROM token t WHERE t.owner_source = p.source AND t.owner_id = p.id))
            ORDER BY p.id
            """,
            [source, TextList.encode([])]
        ) { $0[0] as String }
    }

    private static var noMemberships: Int { TextList.encode([]).utf8.count }

    private static func string(_ text: UnsafeRawBufferPointer) -> String {
        String(decoding: text, as: UTF8.self)
    }

    /// As long as `body` wants more.
    private func forEachRow(
        _ columns: String, _ source: String, from end: KnownPeople.End, _ body: (RawStatement) throws -> Bool
    ) throws {
        let row = try RawStatement(
            "SELECT \(columns) FROM person WHERE source = ? ORDER BY id \(end.order)", in: db)
        defer { row.reset() }
        var source = source
        try source.withUTF8 { source in
            try row.bind(UnsafeRawBufferPointer(source), at: 1)
            while try row.step(), try body(row) {}
            row.reset()
        }
    }
}
