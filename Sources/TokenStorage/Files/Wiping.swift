import Glibc
import TokenCore

/// Memory that held a secret, overwritten in a way that the compiler may not leave out.
enum Wiping {
    static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { memory in
            if let start = memory.baseAddress { explicit_bzero(start, memory.count) }
        }
    }
}

extension SealingKey {
    /// As from the bytes, which are gone afterwards.
    init?(wiping bytes: inout [UInt8]) {
        defer { Wiping.wipe(&bytes) }
        self.init(bytes: bytes)
    }
}
