import GRDB
package import TokenCore

extension StoreReader {
    /// Enters everybody of a source into the books of a reading. Answers the memberships of those who have
    /// any.
    package func remember(
        peopleOf source: String, in ledger: inout ReadingLedger
    ) throws -> [String: [String]] {
        var memberships: [String: [String]] = [:]
        try forEachRow("id, standing, memberships, login, email, display_name, dn, disabled", source) { row in
            guard let id = row.text(0), let standing = row.text(1).map(Self.string).flatMap(Standing.init)
            else {
                throw StorageError.corrupt(detail: "a person without id or standing")
            }
            var labels = TextDigest()
            for column in Int32(3)...7 { labels.add(row.text(column)) }
            ledger.remember(TextDigest.of(id), labels: labels.finish(), standing: standing)
            if let list = row.text(2), list.count > Self.noMemberships {
                memberships[Self.string(id)] = try TextList.decode(Self.string(list))
            }
        }
        return memberships
    }

    /// The ids of those people of a source of whom `isSeen`, asked by the digest of an id, knows nothing.
    package func people(of source: String, except isSeen: (UInt64) -> Bool) throws -> [String] {
        var ids: [String] = []
        try forEachRow("id", source) { row in
            guard let id = row.text(0), !isSeen(TextDigest.of(id)) else { return }
            ids.append(Self.string(id))
        }
        return ids
    }

    private static var noMemberships: Int { TextList.encode([]).utf8.count }

    private static func string(_ text: UnsafeRawBufferPointer) -> String {
        String(decoding: text, as: UTF8.self)
    }

    private func forEachRow(
        _ columns: String, _ source: String, _ body: (RawStatement) throws -> Void
    ) throws {
        let row = try RawStatement("SELECT \(columns) FROM person WHERE source = ?", in: db)
        defer { row.reset() }
        var source = source
        try source.withUTF8 { source in
            try row.bind(UnsafeRawBufferPointer(source), at: 1)
            while try row.step() { try body(row) }
            row.reset()
        }
    }
}
