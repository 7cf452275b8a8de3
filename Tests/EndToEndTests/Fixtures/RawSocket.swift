import AgentProtocol
import Glibc
import Synchronization

@testable import RealServers

/// A blocking client that sends bytes as they are and reads lines. One thread may send while another reads.
final class RawSocket: Sendable {
    private let descriptor: Int32
    private let received = Mutex<[UInt8]>([])

    convenience init(path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.init(connected: descriptor)
        guard withUnixAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
            throw FixtureFailure("connect \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Owns the descriptor.
    init(connected descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.send(descriptor, all.baseAddress! + sent, all.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FixtureFailure("send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// As much as the kernel takes without waiting, and be it nothing.
    func sendWhatFits(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.send(
                    descriptor, all.baseAddress! + sent, all.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(line: String) throws { try send(line + "\n") }

    /// `printf … | nc -N`: says that nothing more will come, and still listens.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line, without its end.
    func line(within limit: Duration = .patient) throws -> String {
        guard let line = try lineOrEnd(within: limit) else {
            throw FixtureFailure("the connection has ended")
        }
        return line
    }

    func value(within limit: Duration = .patient) throws -> JSONValue {
        try JSONValue(line: line(within: limit))
    }

    /// The answer to one request.
    func ask(_ line: String) throws -> JSONValue {
        try send(line: line)
        return try value()
    }

    /// nil at the end of the connection.
    func lineOrEnd(within limit: Duration = .patient) throws -> String? {
        let deadline = ContinuousClock.now + limit
        var searched = 0
        while true {
            let (line, count) = takeLine(from: searched)
            if let line { return line }
            searched = count
            guard try readMore(until: deadline) else { return nil }
        }
    }

    private func takeLine(from start: Int) -> (String?, Int) {
        received.withLock { received in
            guard let end = received[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                return (nil, received.count)
            }
            defer { received.removeFirst(end + 1) }
            return (String(decoding: received[..<end], as: UTF8.self), 0)
        }
    }

    /// False at the end.
    private func readMore(until deadline: ContinuousClock.Instant) throws -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = ContinuousClock.now.duration(to: deadline).components
        let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
        let ready = poll(&watched, 1, Int32(max(0, milliseconds)))
        if ready < 0 && errno == EINTR { return true }
        guard ready > 0 else { throw FixtureFailure("no answer in time") }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &chunk, chunk.count)
        // A peer that closes without having read all says so by a reset.
        if count == 0 || (count < 0 && errno == ECONNRESET) { return false }
        guard count > 0 else { throw FixtureFailure("read: \(String(cString: strerror(errno)))") }
        received.withLock { $0 += chunk[..<count] }
        return true
    }
}

/// Calls `body` with the address of a Unix socket.
func withUnixAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
