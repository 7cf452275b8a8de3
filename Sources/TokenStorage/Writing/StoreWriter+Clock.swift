package import TokenCore

extension StoreWriter {
    package mutating func put(_ mark: ClockMark) throws {
        try db.run(
            "INSERT OR REPLACE INTO clock (only, mark, doubted) VALUES (1, ?, ?)",
            [mark.at.milliseconds, mark.doubted.milliseconds])
    }
}
