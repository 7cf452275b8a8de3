/// What the store says of itself.
package struct StorageFacts: Hashable, Sendable {
    /// The database and its write-ahead log.
    package var bytesOnDisk: Int64
    package var schemaVersion: Int
    /// The number of the latest audit line that was committed.
    package var revision: Int64
}
