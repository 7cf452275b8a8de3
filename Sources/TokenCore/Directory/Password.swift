import Glibc

/// A password that somebody typed, for as long as checking it takes: wiped when it goes, never printed,
/// never stored.
///
/// What it was made from is the caller's to forget: a String cannot be wiped.
package final class Password: @unchecked Sendable {
    // Written only before `init` returns and after the last reference is gone.
    private let buffer: UnsafeMutableRawBufferPointer

    package init(bytes: some Collection<UInt8>) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
    }

    /// The text as it is in UTF-8: no normalisation, which is the directory's business.
    package convenience init(_ text: String) { self.init(bytes: text.utf8) }

    deinit {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }

    package var count: Int { buffer.count }
    package var isEmpty: Bool { buffer.isEmpty }

    package func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try body(UnsafeRawBufferPointer(buffer))
    }

    /// Somebody has put a token in its place.
    package var isToken: Bool { withBytes(SecretLikeness.isTokenWithin) }

    /// Is it this one? How long that takes tells the length of `other` and nothing of its content.
    package func matches(_ other: some Collection<UInt8>) -> Bool {
        guard !isEmpty else { return other.isEmpty }
        var difference = buffer.count == other.count ? UInt8(0) : 1
        for (offset, octet) in other.enumerated() { difference |= octet ^ buffer[offset % buffer.count] }
        return difference == 0
    }
}

extension Password: CustomStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
