package import TokenCore

/// What a database or a copy of it holds.
package struct BackupFacts: Hashable, Sendable {
    /// The number of its last audit line, and that line's hash.
    package var revision: Int64
    package var head: [UInt8]
    /// When that line was written; nil when there is none.
    package var lastLineAt: Timestamp?
    package var schema: Int
    /// Neither revoked nor purged.
    package var liveTokens: Int
    /// Tombstones.
    package var endedTokens: Int
    package var people: Int
    /// The sealing keys without which its retrievable tokens cannot be revealed.
    package var keys: [String]
    package var bytes: Int64
}

/// How far a long piece of work has come. The share is of the whole step, from 0 to 1.
package enum BackupProgress: Sendable {
    case copying(Double)
    case checking
    case applying
    case done
}
