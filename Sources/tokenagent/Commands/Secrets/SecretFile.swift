import AgentProtocol
import Foundation

/// A new file, 0600, that will hold a token. It is gone again when nothing was written to it.
///
/// It has room on the disk from the beginning: the secret is made after that, and the former one dead.
final class SecretFile {
    /// A token has 57 octets, and its line an end.
    private static let reservedBytes = 64

    private let path: String
    private let descriptor: Int32
    private var isWritten = false

    init(path: String) throws(CommandError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notMade(file: path, reason: String(cString: strerror(errno))) }
        // Line ends, in which whoever reads the file after a crash finds no token.
        let room = [UInt8](repeating: UInt8(ascii: "\n"), count: Self.reservedBytes)
        guard Glibc.write(descriptor, room, room.count) == room.count, fsync(descriptor) == 0 else {
            throw .noRoom(file: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isWritten { unlink(path) }
    }

    /// The token and a line end; on the disk before this returns.
    func write(_ secret: Secret) throws(CommandError) {
        let line = Array((secret.exposed + "\n").utf8)
        guard pwrite(descriptor, line, line.count, 0) == line.count,
            ftruncate(descriptor, off_t(line.count)) == 0, fsync(descriptor) == 0
        else {
            throw .notWritten(to: path, reason: String(cString: strerror(errno)))
        }
        isWritten = true
    }
}
