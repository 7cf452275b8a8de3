/// A token as somebody presents it: of the right form, its secret already reduced to a digest.
package struct PresentedToken: Sendable {
    package let userCode: UserCode
    package let digest: SecretDigest

    /// From `tka_…`; nil when it is malformed. Allocates nothing: this is the verify path.
    package init?(token: UnsafeRawBufferPointer) {
        guard token.count == TokenText.length, token.starts(with: TokenText.prefix) else { return nil }
        let separator = TokenText.prefix.count + UserCode.length
        guard token[separator] == TokenText.separator else { return nil }
        self.init(
            userCode: UnsafeRawBufferPointer(rebasing: token[TokenText.prefix.count..<separator]),
            passCode: UnsafeRawBufferPointer(rebasing: token[(separator + 1)...]))
    }

    /// From the two halves, as in HTTP Basic; nil when either is malformed or the checksum is wrong.
    package init?(userCode: UnsafeRawBufferPointer, passCode: UnsafeRawBufferPointer) {
        guard let code = UserCode(userCode), passCode.count == PassCode.length else { return nil }
        let random = UnsafeRawBufferPointer(rebasing: passCode[..<PassCode.randomLength])
        let check = UnsafeRawBufferPointer(rebasing: passCode[PassCode.randomLength...])
        guard random.allSatisfy({ Base62.values[Int($0)] != 255 }) else { return nil }
        guard Base62.decode(check) == UInt64(TokenText.crc(userCode: userCode, random: random)) else {
            return nil
        }
        self.userCode = code
        digest = SecretDigest(hashing: passCode)
    }
}
