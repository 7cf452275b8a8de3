import Glibc

/// Why the socket could not be opened. Needs whoever started the daemon.
package enum ServerError: Error, Hashable, Sendable {
    /// sun_path has room for 107 bytes and a NUL (unix(7)).
    case pathTooLong(String)
    /// Another daemon answers there, or holds the lock beside it.
    case inUse(String)
    case noDirectory(String)
    /// Something that is no socket stands at the path: not ours to remove.
    case notASocket(String)
    case system(call: String, path: String, errno: Int32)
    /// systemd passed something that is no listening Unix socket.
    case badPassedSocket(String)
}

extension ServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pathTooLong(let path):
            "the socket path has \(path.utf8.count) bytes and 107 is the most: \(path)"
        case .inUse(let path): "another daemon is listening at \(path)"
        case .noDirectory(let path): "the directory of \(path) does not exist: create it first"
        case .notASocket(let path): "\(path) exists and is no socket: remove it, or configure another path"
        case .system(let call, let path, let code):
            "\(call) failed for \(path): \(String(cString: strerror(code)))"
        case .badPassedSocket(let detail): "the socket passed by the service manager is not usable: \(detail)"
        }
    }
}
