import Glibc

/// A listening Unix socket: made by us at a path, or passed in by the service manager.
package struct ListeningSocket: Sendable {
    package let descriptor: Int32
    package let path: String
    /// Held for as long as the process lives; nil for a passed-in socket, which systemd gives to one
    /// process only.
    private let lock: SocketLock?
    /// The inode at `path` that is ours to unlink at the end.
    private let inode: ino_t?

    static let backlog: Int32 = 1024
    static let pathBytesMax = 107

    /// Makes the socket: bound under another name, with its mode and group, and only then renamed into
    /// place, so that nobody ever finds it with looser rights. A socket left by a dead daemon is not in the
    /// way; a living one's is.
    package static func open(_ settings: ServerSettings) throws(ServerError) -> ListeningSocket {
        let path = settings.path
        let temporary = "\(folder(of: path))/.tokenagent-\(getpid())"
        guard path.utf8.count <= pathBytesMax else { throw .pathTooLong(path) }
        try checkPlace(of: path)
        let lock = try SocketLock.take(for: path)
        do throws(ServerError) {
            let descriptor = try bind(temporary)
            try give(temporary, mode: settings.mode, group: settings.group)
            guard listen(descriptor, backlog) == 0 else { throw .last("listen", path) }
            guard rename(temporary, path) == 0 else { throw .last("rename", path) }
            var info = stat()
            guard lstat(path, &info) == 0 else { throw .last("lstat", path) }
            return ListeningSocket(descriptor: descriptor, path: path, lock: lock, inode: info.st_ino)
        } catch {
            unlink(temporary)
            lock.release()
            throw error
        }
    }

    /// One that is listening already.
    init(passed descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        lock = nil
        inode = nil
    }

    private init(descriptor: Int32, path: String, lock: SocketLock, inode: ino_t) {
        self.descriptor = descriptor
        self.path = path
        self.lock = lock
        self.inode = inode
    }

    /// Lets nobody in any more, and the place is still ours: whoever comes is told so at once, and does not
    /// wait in the kernel's queue for somebody who only leaves. One that was passed in stays, and so do those
    /// who wait there, for whoever listens next.
    func leave() {
        guard lock != nil else { return }
        removeName()
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Removes the name, if it still is our socket's, and lets go of the lock.
    package func close() {
        removeName()
        Glibc.close(descriptor)
        lock?.release()
    }

    private func removeName() {
        guard let inode else { return }
        var info = stat()
        if lstat(path, &info) == 0, info.st_ino == inode { unlink(path) }
    }

    /// That nothing is in the way which is not ours to remove.
    package static func checkPlace(of path: String) throws(ServerError) {
        var info = stat()
        guard stat(folder(of: path), &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw .noDirectory(path)
        }
        if lstat(path, &info) == 0, info.st_mode & S_IFMT != S_IFSOCK { throw .notASocket(path) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func bind(_ path: String) throws(ServerError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw .last("socket", path) }
        // By its folder's descriptor, for the temporary name may be longer than an address has room for.
        let folder = Glibc.open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .last("open", path) }
        defer { Glibc.close(folder) }
        let address = "/proc/self/fd/\(folder)/\(path.split(separator: "/").last ?? "")"
        guard address.utf8.count <= pathBytesMax else { throw .pathTooLong(path) }
        unlink(path)
        // Nobody but us may connect until the mode is set.
        let mask = umask(0o177)
        defer { umask(mask) }
        let bound = withSocketAddress(address) { Glibc.bind(descriptor, $0, $1) }
        guard bound == 0 else {
            let reason = errno
            Glibc.close(descriptor)
            throw .system(call: "bind", path: path, errno: reason)
        }
        return descriptor
    }

    private static func give(_ path: String, mode: UInt32, group: UInt32?) throws(ServerError) {
        if let group, chown(path, uid_t.max, group) != 0 { throw .last("chgrp", path) }
        guard chmod(path, mode) == 0 else { throw .last("chmod", path) }
    }

    private static func withSocketAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension ServerError {
    /// What errno says of a call that has just failed.
    static func last(_ call: String, _ path: String) -> ServerError {
        .system(call: call, path: path, errno: errno)
    }
}
