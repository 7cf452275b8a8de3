import Crypto

/// The SHA-256 of a pass code: all that is kept of a secret at rest.
///
/// A plain hash is enough because a pass code has 226 random bits: there is nothing to guess (NIST SP
/// 800-63B 5.1.1.2 asks for slow hashes of *memorised* secrets only).
package struct SecretDigest: Sendable {
    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    package init(hashing secret: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: secret)
        words = hash.finalize().withUnsafeBytes {
            $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
        }
    }

    /// From the 32 bytes of the store; nil for any other count.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == SHA256.byteCount else { return nil }
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    package init?(bytes: some Collection<UInt8>) {
        guard let digest = Array(bytes).withUnsafeBytes({ Self(bytes: $0) }) else { return nil }
        self = digest
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
}

extension SecretDigest: Equatable {
    /// In constant time.
    @inlinable
    package static func == (a: SecretDigest, b: SecretDigest) -> Bool {
        let difference =
            (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1)
            | (a.words.2 ^ b.words.2) | (a.words.3 ^ b.words.3)
        return difference == 0
    }
}

extension SecretDigest: CustomStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
