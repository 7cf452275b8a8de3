/// The CRC-32 of ISO 3309 and zlib (polynomial 0xEDB88320, reflected). A checksum against typing errors, no
/// more.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        state = Self.table.withUnsafeBufferPointer { table in
            bytes.reduce(state) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
        }
    }
}
