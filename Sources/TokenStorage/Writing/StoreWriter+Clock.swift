package import TokenCore

extension StoreWriter {
    package mutating func put(_ mark: ClockMark) throws {
        try db.run(
            "INSERT OR REPLACE INTO clock (only, mark, doubted) VALUES (1, ?, ?)",
            [mark.at.milliseconds, mark.doubted.milliseconds])
        if let leap = mark.believed { try catchUp(leap) }
    }

    /// What ended or was used while the leap was in doubt, and who was found gone, did so by a time that was
    /// too early: by the right one all tombstones and graces of those days would be over at once.
    private func catchUp(_ leap: ClockMark.Leap) throws {
        let range = [leap.by.milliseconds, leap.from.milliseconds, leap.until.milliseconds]
        try db.run(
            "UPDATE token SET ended_at = ended_at + ? WHERE ending IS NOT NULL AND ended_at BETWEEN ? AND ?",
            range)
        try db.run(
            "UPDATE token SET last_used_at = last_used_at + ? WHERE last_used_at BETWEEN ? AND ?", range)
        try db.run(
            "UPDATE person SET since = since + ? WHERE standing <> 'present' AND since BETWEEN ? AND ?",
            range)
    }
}
