import Foundation
import GRDB
package import TokenCore

extension StoreWriter {
    /// Answers the line's number: the revision of this mutation so far.
    @discardableResult
    package mutating func append(_ event: AuditEvent) throws -> Int64 {
        let next = tail.appending(event)
        try db.run(
            "INSERT INTO audit (seq, hash, \(AuditEvent.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [next.seq, Data(next.hash)] + event.arguments)
        tail = next
        note(AuditLine(revision: next.seq, event: event))
        return next.seq
    }
}
