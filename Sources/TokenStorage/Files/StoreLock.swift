import Glibc
import Synchronization

/// One daemon a database: `flock` on a file beside it, which the kernel lets go whatever way the process
/// ends.
///
/// SQLite's own locks would let two daemons in, each with an index that knows nothing of the other's
/// mutations.
final class StoreLock: Sendable {
    private let descriptor: Mutex<Int32>

    static func file(of database: String) -> String { database + ".lock" }

    init(database path: String) throws(StorageError) {
        let file = Self.file(of: path)
        let opened = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .cannotOpen(path: file, detail: String(cString: strerror(errno))) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let pid = Self.pid(in: opened)
            close(opened)
            guard reason == EWOULDBLOCK else {
                throw .cannotOpen(path: file, detail: String(cString: strerror(reason)))
            }
            throw .inUse(path: path, pid: pid)
        }
        Self.write(pid: getpid(), to: opened)
        descriptor = Mutex(opened)
    }

    /// That `init` could open its file, or make it.
    static func checkAccess(database path: String) throws(StorageError) {
        let file = file(of: path)
        if access(file, R_OK | W_OK) == 0 { return }
        guard errno == ENOENT else {
            throw .cannotOpen(path: file, detail: String(cString: strerror(errno)))
        }
        try DatabaseFile.checkRoom(beside: file)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // Unlocked, not only closed: a child that is about to become another program holds a copy of
            // every descriptor, and with it the lock.
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }

    /// For people to read; the lock itself does not depend on it, so a full disk is no reason not to start.
    private static func write(pid: pid_t, to descriptor: Int32) {
        let text = Array("\(pid)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func pid(in descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &text, text.count, 0)
        return Int32(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
    }
}
