import Glibc

/// A TCP socket on the loopback that takes connections, by its backlog, and never says a word.
final class Listener: Sendable {
    struct Failure: Error {
        let code: Int32
    }

    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let done = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard done else {
            close(descriptor)
            throw Failure(code: errno)
        }
    }

    /// A descriptor of the caller's own, which lives on after this.
    func duplicate() -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }

    deinit { close(descriptor) }
}
