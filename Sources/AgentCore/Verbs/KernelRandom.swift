import Glibc

/// The kernel's random numbers, 64 bytes a call: `SystemRandomNumberGenerator` asks the kernel for each
/// eight, and a token takes six or seven of those.
///
/// Each byte is used once, and what was drawn is wiped. A class, so that no copy draws the same again.
final class KernelRandom: RandomNumberGenerator {
    private static let words = 8

    private let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
    private var used = words

    deinit {
        explicit_bzero(buffer, Self.words * MemoryLayout<UInt64>.size)
        buffer.deallocate()
    }

    func next() -> UInt64 {
        if used == Self.words { fill() }
        defer { used += 1 }
        return buffer[used]
    }

    private func fill() {
        guard getentropy(buffer, Self.words * MemoryLayout<UInt64>.size) == 0 else {
            preconditionFailure("the kernel gives no random numbers")
        }
        used = 0
    }
}
