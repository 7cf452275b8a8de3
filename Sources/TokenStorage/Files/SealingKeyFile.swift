import Glibc
package import TokenCore

/// The file that holds the sealing key, beside the database but never in it.
package enum SealingKeyFile {
    /// Whose folder the key lies in, which is what its mode means.
    package enum Place: Hashable, Sendable {
        case own
        /// The folder in which systemd hands over a unit's credentials (`LoadCredential=`).
        case credentials

        /// Whether others than its owner may do something with a file of this mode.
        ///
        /// systemd gives a credential the mode 0400, and the unit's user an entry in its ACL; the ACL's mask
        /// is then what stat(2) shows for the group (acl(5)): 0440, while no group may read it. Without
        /// ACLs it gives the file to that user, as 0400.
        /// https://github.com/systemd/systemd/blob/main/src/core/exec-credential.c
        package func isTooOpen(_ mode: UInt32) -> Bool {
            switch self {
            case .own: mode & 0o077 != 0
            case .credentials: mode & 0o037 != 0
            }
        }
    }

    /// Reads the key, or makes one on first start.
    package static func load(
        orCreateAt path: String, in place: Place = .own
    ) throws(StorageError) -> SealingKey {
        if let key = try read(path, in: place) { return key }
        return try create(at: path)
    }

    /// nil where there is none.
    static func read(_ path: String, in place: Place) throws(StorageError) -> SealingKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            guard errno == ENOENT else { throw .keyUnreadable(path: path, detail: reason()) }
            return nil
        }
        defer { close(descriptor) }
        try checkMode(of: descriptor, path: path, in: place)
        // One byte more than a key has, to tell a longer file.
        var bytes = try read(descriptor, atMost: SealingKey.byteCount + 1, path: path)
        guard let key = SealingKey(wiping: &bytes) else {
            throw .keyUnreadable(path: path, detail: "it must have exactly \(SealingKey.byteCount) bytes")
        }
        return key
    }

    /// That one could be made.
    static func checkRoom(for path: String) throws(StorageError) {
        guard access(DatabaseFile.directory(of: path), W_OK | X_OK) == 0 else {
            throw .keyUnreadable(path: path, detail: reason())
        }
    }

    private static func checkMode(
        of descriptor: Int32, path: String, in place: Place
    ) throws(StorageError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .keyUnreadable(path: path, detail: reason()) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .keyUnreadable(path: path, detail: "it is no regular file")
        }
        guard !place.isTooOpen(info.st_mode) else {
            throw .keyTooOpen(path: path, mode: info.st_mode & 0o7777)
        }
    }

    /// Written whole under another name first: a crash in between must not leave a short key for ever.
    private static func create(at path: String) throws(StorageError) -> SealingKey {
        let temporary = path + ".new"
        unlink(temporary)
        var bytes = SealingKey.randomBytes()
        defer { Wiping.wipe(&bytes) }
        try write(bytes, to: temporary)
        // link(2) does not replace what another process may have made meanwhile, as rename(2) would.
        guard link(temporary, path) == 0 else { throw notMade(path) }
        unlink(temporary)
        try DatabaseFile.synchronizeDirectory(of: path)
        guard let key = SealingKey(wiping: &bytes) else {
            throw .keyUnreadable(path: path, detail: "the random bytes are no key")
        }
        return key
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard descriptor >= 0 else { throw notMade(path) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o400) == 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else { throw notMade(path) }
    }

    /// A disk that is full passes.
    private static func notMade(_ path: String) -> StorageError {
        errno == ENOSPC
            ? .full(detail: "no room for the sealing key \(path)")
            : .keyUnreadable(path: path, detail: reason())
    }

    private static func read(
        _ descriptor: Int32, atMost count: Int, path: String
    ) throws(StorageError) -> [UInt8] {
        // In place, so that no copy is left behind.
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + filled, count - filled)
            }
            guard got >= 0 else { throw .keyUnreadable(path: path, detail: reason()) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
