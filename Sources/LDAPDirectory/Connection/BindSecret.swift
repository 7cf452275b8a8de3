import CLDAP
import Glibc
import TokenCore

/// A password, for as long as one bind takes. Wiped when it goes; never a String, never
/// printed.
///
/// libldap's copy in its send buffer is freed without wiping: that is out of our reach.
final class BindSecret: CustomStringConvertible {
    static let octetsMax = 4096

    private let buffer: UnsafeMutableRawBufferPointer
    private var count = 0

    /// No password at all.
    init() { buffer = .allocate(byteCount: 1, alignment: 1) }

    /// Somebody's, to see whether it is theirs.
    init(_ password: Password) {
        buffer = .allocate(byteCount: password.count + 1, alignment: 1)
        password.withBytes { buffer.copyMemory(from: $0) }
        count = password.count
    }

    /// The agent's own: the file's content without its last line end.
    init(file path: String) throws(DirectoryError) {
        buffer = .allocate(byteCount: Self.octetsMax + 1, alignment: 1)
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = read(descriptor, rest.baseAddress, rest.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Self.unreadable(path) }
            if got == 0 { break }
            count += got
        }
        guard count <= Self.octetsMax else {
            throw .misconfigured(detail: "bind_password_file \(path) is longer than \(Self.octetsMax) octets")
        }
        if count > 0 && buffer[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        // RFC 4513 5.1.2: a name with an empty password binds as nobody, and succeeds.
        guard count > 0 else { throw .misconfigured(detail: "bind_password_file \(path) is empty") }
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

    private static func unreadable(_ path: String) -> DirectoryError {
        .misconfigured(detail: "bind_password_file \(path): \(String(cString: strerror(errno)))")
    }
}
