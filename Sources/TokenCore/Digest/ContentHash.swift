import Crypto

/// A hash that names a content: same parts, same hash.
package enum ContentHash {
    /// The SHA-256 of the parts, each with its length in front, so that no two lists run together to the
    /// same bytes.
    package static func bytes(_ parts: [String]) -> [UInt8] {
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        return Array(hash.finalize())
    }

    /// Its first 16 hex digits: short enough to type, long enough to name a plan.
    package static func short(_ parts: [String]) -> String { Hex.encode(bytes(parts).prefix(8)) }
}
