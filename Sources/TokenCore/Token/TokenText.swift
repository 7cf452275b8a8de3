/// The written form of a token: `tka_<user_code>_<pass_code>`, 57 characters.
///
/// The last six characters are the base62 CRC-32 of everything before them: a mistyped token is refused
/// before any look-up, and a leaked one can be told from noise by scanners.
package enum TokenText {
    package static let prefix = Array("tka_".utf8)
    package static let length = prefix.count + UserCode.length + 1 + PassCode.length

    package static func reveal(_ userCode: UserCode, _ passCode: PassCode) -> String {
        "tka_\(userCode)_\(passCode.reveal())"
    }

    /// The checksum of a token's first 51 characters.
    static func crc(userCode: some Sequence<UInt8>, random: some Sequence<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(prefix)
        crc.update(userCode)
        crc.update(CollectionOfOne(separator))
        crc.update(random)
        return crc.value
    }

    static let separator = UInt8(ascii: "_")
}
