import GRDB
import TokenCore

extension SourceState {
    static let columns = """
        source, reading, last_attempt_at, last_complete_at, people, fingerprint, method, last_error,
        cookie, changes_refusal, counted, approved_at,
        id_attribute, unconfirmed, unconfirmed_why
        """

    var arguments: [(any DatabaseValueConvertible)?] {
        [
            source, reading, lastAttemptAt?.milliseconds, lastCompleteAt?.milliseconds, people, fingerprint,
            method, lastError, cookie?.text,
            changesRefusal, counted, approvedAt?.milliseconds, idAttribute, unconfirmed,
            unconfirmedWhy,
        ]
    }

    init(row: Row) {
        self.init(source: row[0])
        reading = row[1]
        lastAttemptAt = row.optionalTime(2)
        lastCompleteAt = row.optionalTime(3)
        people = row[4]
        fingerprint = row[5]
        method = row[6]
        lastError = row[7]
        // One that cannot be read is as good as none: everybody is read then.
        cookie = (row[8] as String?).flatMap(ChangeCookie.init(text:))
        changesRefusal = row[9]
        counted = row[10] ?? people
        approvedAt = row.optionalTime(11)
        idAttribute = row[12]
        unconfirmed = row[13]
        unconfirmedWhy = row[14]
    }
}
