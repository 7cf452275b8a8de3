import GRDB
package import TokenCore

extension StoreReader {
    package func sourceState(_ source: String) throws -> SourceState? {
        try db.row(
            "SELECT \(SourceState.columns) FROM source_state WHERE source = ?", [source],
            SourceState.init(row:))
    }

    /// By which attribute its people are known for good: before a reading was accepted, only those who have
    /// tokens are. nil where nobody is, where there is no choice, and in databases of before.
    package func idAttribute(of source: String) throws -> String? {
        guard let state = try sourceState(source), let idAttribute = state.idAttribute else { return nil }
        if state.fingerprint != nil { return idAttribute }
        return try hasTokens(source: source) ? idAttribute : nil
    }

    package func sourceStates() throws -> [SourceState] {
        try db.rows(
            "SELECT \(SourceState.columns) FROM source_state ORDER BY source", [], SourceState.init(row:))
    }

    package func heldPlan(_ source: String) throws -> HeldPlan? {
        try db.row(
            "SELECT \(HeldPlan.columns) FROM held_plan WHERE source = ?", [source], HeldPlan.init(row:))
    }

    package func heldPlans() throws -> [HeldPlan] {
        try db.rows("SELECT \(HeldPlan.columns) FROM held_plan ORDER BY source", [], HeldPlan.init(row:))
    }

    package func hasIdempotent(before time: Timestamp) throws -> Bool {
        try db.exists("SELECT 1 FROM idempotent WHERE at < ? LIMIT 1", [time.milliseconds])
    }

    package func idempotent(key: String, scope: String) throws -> IdempotentAnswer? {
        try db.row(
            "SELECT \(IdempotentAnswer.columns) FROM idempotent WHERE scope = ? AND key = ?", [scope, key],
            IdempotentAnswer.init(row:))
    }
}
