/// A token as somebody presents it: of the right form, its secret already reduced to a digest.
package struct PresentedToken: Sendable {
    package let userCode: UserCode
    package let digest: SecretDigest
    /// The user code as it was spelled.
    private let spelled: UInt64

    /// From `tka_…`; nil when it is malformed. Allocates nothing: this is the verify path.
    package init?(token: UnsafeRawBufferPointer) {
        guard token.count == TokenText.length else { return nil }
        let prefix = UInt32(littleEndian: token.loadUnaligned(as: UInt32.self))
        guard prefix == TokenText.prefixWord, token[Self.separator] == TokenText.separator else { return nil }
        let passCode = UnsafeRawBufferPointer(rebasing: token[(Self.separator + 1)...])
        self.init(
            userCode: UnsafeRawBufferPointer(rebasing: token[Self.prefixLength..<Self.separator]),
            passCode: passCode,
            crc: TokenText.crc(text: UnsafeRawBufferPointer(rebasing: token[..<Self.checkStart])))
    }

    /// From the two halves, as in HTTP Basic; nil when either is malformed or the checksum is wrong.
    package init?(userCode: UnsafeRawBufferPointer, passCode: UnsafeRawBufferPointer) {
        guard passCode.count == PassCode.length else { return nil }
        let random = UnsafeRawBufferPointer(rebasing: passCode[..<PassCode.randomLength])
        self.init(
            userCode: userCode, passCode: passCode, crc: TokenText.crc(userCode: userCode, random: random))
    }

    private init?(userCode: UnsafeRawBufferPointer, passCode: UnsafeRawBufferPointer, crc: UInt32) {
        guard let code = UserCode(userCode) else { return nil }
        let random = UnsafeRawBufferPointer(rebasing: passCode[..<PassCode.randomLength])
        let check = UnsafeRawBufferPointer(rebasing: passCode[PassCode.randomLength...])
        guard Base62.isSpelled(random), Base62.decode(check) == UInt64(crc) else { return nil }
        self.userCode = code
        spelled = userCode.loadUnaligned(as: UInt64.self)
        digest = SecretDigest(hashing: passCode)
    }

    /// The eight characters of the user code.
    @inline(__always)
    package func withUserCode<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
        withUnsafeBytes(of: spelled, body)
    }

    // Where the parts of the text begin.
    private static let prefixLength = 4
    private static let separator = prefixLength + UserCode.length
    private static let checkStart = TokenText.length - (PassCode.length - PassCode.randomLength)
}
