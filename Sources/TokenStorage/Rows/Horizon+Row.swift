import GRDB
package import TokenCore

extension StoreReader {
    package func horizon(_ source: String) throws -> Horizon {
        try db.row("SELECT progress, servers, doubts FROM horizon WHERE source = ?", [source]) { row in
            var horizon = Horizon(source: source)
            horizon.progress = (row[0] as String?).map(ServerProgress.init(text:))
            horizon.servers = Set((row[1] as String? ?? "").split(separator: "\n").map(String.init))
            for line in (row[2] as String? ?? "").split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, let since = Int64(parts[0]) else { continue }
                horizon.doubts[String(parts[1])] = Timestamp(milliseconds: since)
            }
            return horizon
        } ?? Horizon(source: source)
    }
}

extension StoreWriter {
    package mutating func put(_ horizon: Horizon) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO horizon (source, progress, servers, doubts) VALUES (?, ?, ?, ?)
            """,
            [
                horizon.source, horizon.progress?.text,
                horizon.servers.sorted().joined(separator: "\n"),
                horizon.doubts.sorted { $0.key < $1.key }.map { "\($0.value.milliseconds) \($0.key)" }
                    .joined(separator: "\n"),
            ])
    }

    /// Notes that single people were seen there.
    package mutating func see(_ sight: Sight) throws {
        try change(sight.source) { $0.see(sight) }
        if let idAttribute = sight.idAttribute { try know(idAttribute, of: sight.source) }
    }

    /// Notes that everybody was judged by it.
    package mutating func settle(on sight: Sight) throws { try change(sight.source) { $0.settle(on: sight) } }

    private mutating func change(_ source: String, _ body: (inout Horizon) -> Void) throws {
        let before = try reader.horizon(source)
        var after = before
        body(&after)
        if after != before { try put(after) }
    }
}
