/// The CRC-32 of ISO 3309 and zlib (polynomial 0xEDB88320, reflected). A checksum against typing errors, no
/// more.
///
/// Eight bytes a step ("slicing by 8", Kounavis and Berry 2005): table k is what a byte does k bytes later.
struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var state = state
        var index = 0
        Self.tables.withUnsafeBufferPointer { tables in
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ state
                let high = UInt32(truncatingIfNeeded: word >> 32)
                let near = Self.four(low, from: 4, tables)
                state = near ^ Self.four(high, from: 0, tables)
                index += 8
            }
            while index < bytes.count {
                state = tables[Int((state ^ UInt32(bytes[index])) & 0xFF)] ^ (state >> 8)
                index += 1
            }
        }
        self.state = state
    }

    /// Four bytes, the last of which is `distance` bytes before the end of the step.
    @inline(__always)
    private static func four(
        _ word: UInt32, from distance: Int, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        let first = tables[(distance + 3) * 256 + Int(word & 0xFF)]
        let second = tables[(distance + 2) * 256 + Int(word >> 8 & 0xFF)]
        let third = tables[(distance + 1) * 256 + Int(word >> 16 & 0xFF)]
        return first ^ second ^ third ^ tables[distance * 256 + Int(word >> 24)]
    }
}
