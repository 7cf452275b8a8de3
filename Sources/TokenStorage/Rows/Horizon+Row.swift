import GRDB
package import TokenCore

extension StoreReader {
    package func horizon(_ source: String) throws -> Horizon {
        try db.row(
            "SELECT progress, server, doubted, doubted_since FROM horizon WHERE source = ?", [source]
        ) { row in
            var horizon = Horizon(source: source)
            horizon.progress = (row[0] as String?).map(ServerProgress.init(text:))
            horizon.server = row[1]
            horizon.doubted = row[2]
            horizon.doubtedSince = row.optionalTime(3)
            return horizon
        } ?? Horizon(source: source)
    }
}

extension StoreWriter {
    package mutating func put(_ horizon: Horizon) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO horizon (source, progress, server, doubted, doubted_since)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                horizon.source, horizon.progress?.text, horizon.server, horizon.doubted,
                horizon.doubtedSince?.milliseconds,
            ])
    }

    /// Notes that people were seen there.
    package mutating func see(_ sight: Sight) throws {
        let before = try reader.horizon(sight.source)
        var after = before
        after.see(sight)
        if after != before { try put(after) }
        if let idAttribute = sight.idAttribute { try know(idAttribute, of: sight.source) }
    }
}
