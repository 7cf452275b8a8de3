import AgentProtocol
import Foundation

/// A new file, 0600, that will hold a token. It is gone again when nothing was written to it.
final class SecretFile {
    private let path: String
    private let descriptor: Int32
    private var isWritten = false

    init(path: String) throws(CommandError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notMade(file: path, reason: String(cString: strerror(errno))) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isWritten { unlink(path) }
    }

    /// The token and a line end; on the disk before this returns.
    func write(_ secret: Secret) throws(CommandError) {
        let line = Array((secret.exposed + "\n").utf8)
        guard Glibc.write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            throw .notWritten(to: path, reason: String(cString: strerror(errno)))
        }
        isWritten = true
    }
}
