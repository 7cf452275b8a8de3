import Glibc

/// A file without a name, gone when it is closed: nothing of it outlives the daemon.
final class SpoolFile: Sendable {
    private let descriptor: Int32

    /// On the database's disk, which has room for its people or has not.
    init(beside database: String) throws(StorageError) {
        var name = Array("\(database)-reading-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, unlink(name) == 0 else {
            throw Self.failure()
        }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], at position: Int) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, position + done)
            }
            guard count >= 0 || errno == EINTR else { throw Self.failure() }
            done += max(count, 0)
        }
    }

    /// As much as there is: less than asked for only at the end.
    func read(into bytes: UnsafeMutableRawBufferPointer, at position: Int) throws(StorageError) -> Int {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, position + done)
            guard count >= 0 || errno == EINTR else { throw Self.failure() }
            if count == 0 { break }
            done += max(count, 0)
        }
        return done
    }

    private static func failure() -> StorageError {
        let (code, detail) = (errno, String(cString: strerror(errno)))
        return code == ENOSPC || code == EDQUOT
            ? .full(detail: detail) : .inputOutput(detail: "a reading's people: \(detail)", code: code)
    }
}
