import Glibc

/// A socket that the service manager opened for us (sd_listen_fds(3)).
package enum PassedSocket {
    /// The first descriptor that is passed.
    private static let first: Int32 = 3

    /// nil when nothing was passed to this process. Clears the variables, so that no child takes them for
    /// its own.
    package static func take() throws(ServerError) -> ListeningSocket? {
        guard let pid = variable("LISTEN_PID"), let count = variable("LISTEN_FDS") else { return nil }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        guard Int32(pid) == getpid() else { return nil }
        guard let count = Int32(count), count >= 1 else { return nil }
        guard count == 1 else { throw .badPassedSocket("\(count) sockets were passed, and one is expected") }
        guard fcntl(first, F_SETFD, FD_CLOEXEC) == 0, fcntl(first, F_SETFL, O_NONBLOCK) == 0 else {
            throw .badPassedSocket("descriptor 3 is not open")
        }
        guard option(SO_ACCEPTCONN) == 1 else { throw .badPassedSocket("it is not listening") }
        guard option(SO_DOMAIN) == AF_UNIX else { throw .badPassedSocket("it is no Unix socket") }
        return ListeningSocket(passed: first, path: name() ?? "")
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func option(_ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(first, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    private static func name() -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(first, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &address.sun_path) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
