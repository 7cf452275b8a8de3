/// The written form of a token: `tka_<user_code>_<pass_code>`, 57 characters.
///
/// The last six characters are the base62 CRC-32 of everything before them: a mistyped token is refused
/// before any look-up, and a leaked one can be told from noise by scanners.
package enum TokenText {
    package static let prefix = Array("tka_".utf8)
    package static let length = 4 + UserCode.length + 1 + PassCode.length

    package static func reveal(_ userCode: UserCode, _ passCode: PassCode) -> String {
        "tka_\(userCode)_\(passCode.reveal())"
    }

    /// The checksum of a token's first 51 characters.
    static func crc(userCode: UnsafeRawBufferPointer, random: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32()
        withUnsafeBytes(of: prefixWord.littleEndian) { crc.update($0) }
        crc.update(userCode)
        withUnsafeBytes(of: separator) { crc.update($0) }
        crc.update(random)
        return crc.value
    }

    /// Of a token's text as it stands.
    static func crc(text: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32()
        crc.update(text)
        return crc.value
    }

    static let separator = UInt8(ascii: "_")
    /// The prefix as one number, little-endian.
    static let prefixWord: UInt32 = 0x5F61_6B74
}
