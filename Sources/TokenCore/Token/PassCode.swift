/// The secret half of a token: 44 base62 characters, of which 38 are random and 6 are the checksum.
///
/// It cannot be printed, encoded or compared; it can be shown once, on purpose, by `reveal`.
package struct PassCode: Sendable {
    package static let length = 44
    static let randomLength = 38

    private let bytes: [UInt8]

    /// A new secret for `userCode`. Each character is drawn on its own, so all 62^38 are equally likely.
    package static func random(
        for userCode: UserCode, using generator: inout some RandomNumberGenerator
    ) -> PassCode {
        let random = Base62.random(count: randomLength, using: &generator)
        let crc = userCode.withBytes { code in
            random.withUnsafeBytes { TokenText.crc(userCode: code, random: $0) }
        }
        return PassCode(bytes: random + Base62.encode(UInt64(crc), width: length - randomLength))
    }

    /// From a secret that was sealed; nil when it is not of the right form.
    package init?(unsealed: [UInt8]) {
        guard unsealed.count == Self.length else { return nil }
        bytes = unsealed
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    package var digest: SecretDigest { bytes.withUnsafeBytes { SecretDigest(hashing: $0) } }

    /// The one way out. Whoever calls it answers for where the text goes.
    package func reveal() -> String { String(decoding: bytes, as: UTF8.self) }
}

extension PassCode: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
