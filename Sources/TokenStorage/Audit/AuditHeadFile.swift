import Glibc
package import TokenCore

/// A note of the audit trail's end in a file beside the database: `DATABASE.head`, mode 0600.
///
/// Written after the lines are on the disk, so that no crash leaves a note that the trail does not hold. If
/// it does not, the trail was cut, rewritten, or replaced by an older one.
package enum AuditHeadFile {
    package static func path(of database: String) -> String { database + ".head" }

    /// nil when there is none. Throws when there is one that cannot be read.
    package static func read(beside database: String) throws(StorageError) -> AuditHead? {
        let path = path(of: database)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let line = String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)
        guard let head = AuditHead(text: line) else {
            throw .cannotOpen(path: path, detail: "it is no line of the audit trail")
        }
        return head
    }

    /// In the place of the one before, in one step.
    package static func write(_ head: AuditHead, beside database: String) throws(StorageError) {
        let path = path(of: database)
        let new = path + ".new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(new) }
        let line = Array((head.text + "\n").utf8)
        let isWritten = Glibc.write(descriptor, line, line.count) == line.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(new, path) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> StorageError {
        .cannotOpen(path: path, detail: String(cString: strerror(errno)))
    }
}
