import Glibc

@testable import RealServers

/// A Unix socket that this process has, as a service manager would: one that listens, or takes datagrams.
final class UnixEndpoint: Sendable {
    let descriptor: Int32

    init(listeningAt path: String, backlog: Int32 = 1024) throws {
        descriptor = try Self.bound(path, SOCK_STREAM)
        guard listen(descriptor, backlog) == 0 else { throw FixtureFailure("listen: \(errno)") }
    }

    init(receivingAt path: String) throws { descriptor = try Self.bound(path, SOCK_DGRAM) }

    deinit { close(descriptor) }

    private static func bound(_ path: String, _ type: __socket_type) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard withUnixAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            throw FixtureFailure("bind \(path): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// The next connection; nil when this was closed.
    func accept() -> RawSocket? {
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return RawSocket(connected: connection)
    }

    /// Wakes whoever waits in `accept`.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Throws away the datagrams that are there.
    func forgetMessages() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)) >= 0 {}
    }

    /// The next datagram.
    func message(within limit: Duration = .patient) throws -> String {
        try eventually("a message", within: limit) {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }
}
