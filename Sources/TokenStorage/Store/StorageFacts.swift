/// What the store says of itself.
package struct StorageFacts: Hashable, Sendable {
    /// The database and its write-ahead log.
    package var bytesOnDisk: Int64
    /// What of the write-ahead log is in use. More than `logBytesLarge`, and somebody has read for long.
    package var logBytes: Int64
    /// What the file system has left for whoever runs this.
    package var bytesFree: Int64
    /// Mutations that the next commit will find.
    package var waiting: Int
    package var schemaVersion: Int
    /// The number of the latest audit line that was committed.
    package var revision: Int64
    /// Why what the log holds could not be moved into the database the last time; nil when it could. Nothing
    /// is lost by it, and it is tried again after the next commit; the log grows meanwhile.
    package var checkpointFailure: StorageError?

    package static let logBytesLarge = Int64(256 << 20)
    package var logIsLarge: Bool { logBytes >= Self.logBytesLarge }
}
