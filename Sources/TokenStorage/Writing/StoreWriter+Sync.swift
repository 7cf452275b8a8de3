import GRDB
package import TokenCore

extension StoreWriter {
    package mutating func put(_ state: SourceState) throws {
        let places = state.arguments.map { _ in "?" }.joined(separator: ", ")
        try db.run(
            """
            INSERT OR REPLACE INTO source_state (\(SourceState.columns))
            VALUES (\(places))
            """,
            state.arguments)
    }

    /// Notes by which attribute people are about to be put on record, before any reading of their source was
    /// accepted: another one must not come to stand beside them. Who was so by a former one, and has nothing,
    /// is nobody any more.
    package mutating func know(_ idAttribute: String, of source: String) throws {
        var state = try reader.sourceState(source) ?? SourceState(source: source)
        guard state.fingerprint == nil, state.idAttribute != idAttribute,
            try reader.idAttribute(of: source) == nil
        else { return }
        if state.idAttribute != nil {
            try db.run("DELETE FROM person WHERE source = ?", [source])
        }
        state.idAttribute = idAttribute
        try put(state)
    }

    package mutating func forgetSource(_ source: String) throws {
        try db.run("DELETE FROM source_state WHERE source = ?", [source])
        try db.run("DELETE FROM horizon WHERE source = ?", [source])
    }

    /// A source has at most one: a newer plan replaces it.
    package mutating func hold(_ plan: HeldPlan) throws {
        try db.run(
            "INSERT OR REPLACE INTO held_plan (\(HeldPlan.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            try plan.arguments())
    }

    package mutating func dropHeldPlan(source: String) throws {
        try db.run("DELETE FROM held_plan WHERE source = ?", [source])
    }

    /// Throws `StoreConflict.duplicateKey`.
    package mutating func remember(_ answer: IdempotentAnswer) throws {
        do {
            try db.run(
                "INSERT INTO idempotent (\(IdempotentAnswer.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                answer.arguments)
        } catch DatabaseError.SQLITE_CONSTRAINT {
            throw StoreConflict.duplicateKey
        }
    }

    package mutating func forgetIdempotent(before time: Timestamp) throws {
        try db.run("DELETE FROM idempotent WHERE at < ?", [time.milliseconds])
    }
}
