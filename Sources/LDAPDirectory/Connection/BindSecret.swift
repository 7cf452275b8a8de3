import CLDAP
import Glibc
import TokenCore

/// A password, for as long as one bind takes. Wiped when it goes; never a String, never
/// printed.
///
/// libldap's copy in its send buffer is freed without wiping: that is out of our reach. Sendable
/// because nothing of it changes once it is made, which the compiler cannot see of memory.
final class BindSecret: CustomStringConvertible, @unchecked Sendable {
    static let octetsMax = 4096

    private let buffer: UnsafeMutableRawBufferPointer
    private let count: Int

    /// No password at all.
    init() {
        buffer = .allocate(byteCount: 1, alignment: 1)
        count = 0
    }

    /// Somebody's, to see whether it is theirs.
    init(_ password: Password) {
        buffer = .allocate(byteCount: password.count + 1, alignment: 1)
        count = password.count
        password.withBytes { buffer.copyMemory(from: $0) }
    }

    /// The agent's own: the file's content without its last line end.
    init(file path: String) throws(DirectoryError) {
        let name = "bind_password_file \(path)"
        let descriptor = try RegularFile.open(path, named: name)
        defer { close(descriptor) }
        buffer = .allocate(byteCount: Self.octetsMax + 1, alignment: 1)
        let read = Self.fill(buffer, from: descriptor)
        let length = read ?? 0
        let isLineEnded = length > 0 && buffer[length - 1] == UInt8(ascii: "\n")
        count = isLineEnded ? length - 1 : length
        guard read != nil else { throw RegularFile.unreadable(name) }
        guard length <= Self.octetsMax else {
            throw .misconfigured(detail: "\(name) is longer than \(Self.octetsMax) octets")
        }
        // RFC 4513 5.1.2: a name with an empty password binds as nobody, and succeeds.
        guard count > 0 else { throw .misconfigured(detail: "\(name) is empty") }
    }

    /// How much was read; nil if it cannot be.
    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Int? {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = read(descriptor, rest.baseAddress, rest.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            count += got
        }
        return count
    }

    deinit {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }

    var description: String { "•••" }

    func withCredentials(_ body: (UnsafeMutablePointer<berval>) -> Int32) -> Int32 {
        var value = berval(
            bv_len: ber_len_t(count), bv_val: buffer.baseAddress?.assumingMemoryBound(to: CChar.self))
        return body(&value)
    }
}
