/// A line of the audit trail by its number, and the hash that stands for it and all before it. Kept where
/// whoever can change the trail cannot, it shows a trail that was cut or rewritten.
package struct AuditHead: Hashable, Sendable {
    private static let hashLength = 32

    package let seq: Int64
    package let hash: [UInt8]

    package init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    /// `4711:6f…`, the hash in hexadecimal. nil for anything that `text` never is.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let seq = Int64(parts[0]), seq >= 0,
            parts[1].utf8.count == Self.hashLength * 2
        else { return nil }
        var hash: [UInt8] = []
        var digits = parts[1][...]
        while !digits.isEmpty {
            guard let byte = UInt8(digits.prefix(2), radix: 16) else { return nil }
            hash.append(byte)
            digits = digits.dropFirst(2)
        }
        self.init(seq: seq, hash: hash)
    }

    package var text: String { "\(seq):\(Hex.encode(hash))" }
}
