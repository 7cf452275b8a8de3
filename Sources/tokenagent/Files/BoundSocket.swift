/// A Unix socket where it was bound: somebody may have removed it since, or put another in its place, and
/// whoever listens there hears nothing of that.
struct BoundSocket: Sendable {
    private let path: String
    private let inode: UInt64

    /// Right after it was bound. nil when it is gone by then.
    init?(at path: String) {
        guard let file = FileFacts(path, followsLink: false), file.isSocket else { return nil }
        self.path = path
        inode = file.inode
    }

    /// Whether callers still come to it. As long as it is bound its inode is no other file's (unix(7)).
    var isInPlace: Bool {
        guard let file = FileFacts(path, followsLink: false) else { return false }
        return file.isSocket && file.inode == inode
    }
}
