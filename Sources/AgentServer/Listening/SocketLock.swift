import Glibc

/// Who holds it is the one that listens at a path.
///
/// flock(2) goes with the process, however it ends: a stale lock file is in nobody's way.
package struct SocketLock: Sendable {
    private let descriptor: Int32

    /// The file beside a socket that is locked.
    package static func file(for path: String) -> String { path + ".lock" }

    package static func take(for path: String) throws(ServerError) -> SocketLock {
        let file = file(for: path)
        let lock = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .last("open", file) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            Glibc.close(lock)
            throw reason == EWOULDBLOCK ? .inUse(path) : .system(call: "flock", path: file, errno: reason)
        }
        return SocketLock(descriptor: lock)
    }

    /// That `take` could open its file, where there is one: none is made beside a socket of systemd's.
    package static func checkAccess(for path: String) throws(ServerError) {
        let file = file(for: path)
        guard access(file, R_OK | W_OK) == 0 || errno == ENOENT else { throw .last("open", file) }
    }

    package func release() { Glibc.close(descriptor) }
}
