import Foundation
import Synchronization
import TokenCore

/// Reads one file, each time on a thread of its own: a file system may hang as a server does. Nothing wakes a
/// thread that waits for one, so it is left to end by itself.
final class FileReader: Sendable {
    /// Of those that are left behind, too.
    static let threadsMax = 32

    private let path: String
    private let content: @Sendable () -> Result<[UInt8], DirectoryError>
    private let threads = Mutex(0)

    convenience init(path: String) {
        self.init(path: path) { Result { () throws(DirectoryError) in try Self.read(path) } }
    }

    /// With another way to the content.
    init(path: String, content: @escaping @Sendable () -> Result<[UInt8], DirectoryError>) {
        self.path = path
        self.content = content
    }

    func read(within span: Duration) async throws(DirectoryError) -> [UInt8] {
        guard enter() else {
            throw .timedOut(server: path, phase: "\(Self.threadsMax) reads of it have not ended yet")
        }
        let answer = FirstAnswer<Result<[UInt8], DirectoryError>>()
        let late = DirectoryError.timedOut(server: path, phase: "reading the file")
        let alarm = Watchdog.alarm(after: span) { answer.give(.failure(late)) }
        defer { alarm.cancel() }
        let octets = await withTaskCancellationHandler {
            Thread.detachNewThread { [self] in
                answer.give(content())
                leave()
            }
            return await answer.value
        } onCancel: {
            answer.give(.failure(.cancelled))
        }
        return try octets.get()
    }

    private func enter() -> Bool {
        threads.withLock { count in
            guard count < Self.threadsMax else { return false }
            count += 1
            return true
        }
    }

    private func leave() { threads.withLock { $0 -= 1 } }

    private static func read(_ path: String) throws(DirectoryError) -> [UInt8] {
        // A pipe would be waited for in open(2) until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw unreadable(path) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .misconfigured(detail: "\(path) is no regular file")
        }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw unreadable(path) }
            if got == 0 { return octets }
            octets += chunk[..<got]
            guard octets.count <= LDIFSource.octetsMax else {
                throw .misconfigured(detail: "\(path) is larger than \(LDIFSource.octetsMax) octets")
            }
        }
    }

    private static func unreadable(_ path: String) -> DirectoryError {
        .misconfigured(detail: "\(path): \(String(cString: strerror(errno)))")
    }
}
