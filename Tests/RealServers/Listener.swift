import Glibc

/// A TCP socket on the loopback that takes connections, by its backlog, and never says a word.
final class Listener: Sendable {
    struct Failure: Error {
        let code: Int32
    }

    let port: UInt16
    private let descriptor: Int32

    /// With `isDeaf` whoever connects is refused, and nobody else can listen there meanwhile.
    init(isDeaf: Bool = false) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var code = EADDRINUSE
        var port: UInt16 = 0
        for _ in 0..<100 where code == EADDRINUSE {
            port = .random(in: Self.ports)
            code = Self.take(port, descriptor, isDeaf: isDeaf)
        }
        self.port = port
        guard code == 0 else {
            close(descriptor)
            throw Failure(code: code)
        }
    }

    /// None that the kernel gives to those who connect (ip_local_port_range in ip(7)): one that is let go of
    /// for a server would be somebody's before the server has it.
    private static let ports: Range<UInt16> = 10_000..<32_000

    private static func take(_ port: UInt16, _ socket: Int32, isDeaf: Bool) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && (isDeaf || listen(socket, 8) == 0)
            }
        }
        return done ? 0 : errno
    }

    /// A descriptor of the caller's own, which lives on after this.
    func duplicate() -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }

    deinit { close(descriptor) }
}
