package import TokenCore

extension StoreWriter {
    /// Answers the line's number: the revision of this mutation so far.
    @discardableResult
    package mutating func append(_ event: AuditEvent) throws -> Int64 {
        let next = tail.appending(event)
        try db.run(AuditEvent.insertion) { statement in
            statement.add(next.seq)
            statement.add(next.hash)
            event.bind(to: &statement)
        }
        tail = next
        note(AuditLine(revision: next.seq, event: event))
        return next.seq
    }
}
