import Glibc

/// Steps by which one file takes another's place, so that a power cut leaves one of the two whole.
enum FileReplacement {
    /// Flushes the file itself.
    static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// `path` is what `new` was. Without `replacing` it must not be there yet.
    static func put(_ new: String, at path: String, replacing: Bool) throws {
        if replacing {
            guard rename(new, path) == 0 else { throw failure(path) }
        } else {
            // rename(2) would replace what somebody else has made meanwhile; link(2) does not.
            guard link(new, path) == 0 else {
                throw errno == EEXIST ? BackupError.exists(path: path) : failure(path)
            }
            unlink(new)
        }
        try DatabaseFile.synchronizeDirectory(of: path)
    }

    /// A second name for `path`, so that what will replace it does not end it.
    static func keep(_ path: String, as name: String) throws {
        guard link(path, name) == 0 else { throw failure(name) }
        try DatabaseFile.synchronizeDirectory(of: name)
    }

    /// Whether the two names are of one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        guard stat(one, &a) == 0, stat(other, &b) == 0 else { return false }
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    /// What root makes beside the daemon's files is to be the daemon's: as the file `model` is owned.
    static func give(_ path: String, likeOwnerOf model: String) throws {
        guard geteuid() == 0 else { return }
        var info = stat()
        guard stat(model, &info) == 0, chown(path, info.st_uid, info.st_gid) == 0 else {
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> BackupError {
        .files(path: path, detail: String(cString: strerror(errno)))
    }
}
