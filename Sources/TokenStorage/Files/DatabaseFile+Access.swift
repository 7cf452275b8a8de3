import Glibc

extension DatabaseFile {
    /// What SQLite keeps of a database while it is open (https://www.sqlite.org/tempfiles.html).
    private static let suffixes = ["", "-wal", "-shm"]

    /// That all of them can be written that are there: SQLite would only read, and refuse the first change in
    /// words that name no file.
    ///
    /// By access(2): closing a descriptor of them would let go of this process's locks on them
    /// (https://www.sqlite.org/howtocorrupt.html, “POSIX advisory locks canceled”).
    static func checkAccess(of path: String) throws(StorageError) {
        for file in suffixes.map({ path + $0 }) where access(file, R_OK | W_OK) != 0 {
            guard errno == ENOENT else {
                throw .cannotOpen(path: file, detail: String(cString: strerror(errno)))
            }
        }
    }

    /// That files could be made beside `path`.
    static func checkRoom(beside path: String) throws(StorageError) {
        guard access(directory(of: path), W_OK | X_OK) == 0 else {
            throw .cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
    }
}
