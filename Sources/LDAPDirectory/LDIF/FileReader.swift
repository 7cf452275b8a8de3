import Foundation
import Synchronization
import TokenCore

/// Reads one file, each time on a thread of its own: a file system may hang as a server does. Nothing wakes a
/// thread that waits for one, so it is left to end by itself.
final class FileReader<Content: Sendable>: Sendable {
    /// Of those that are left behind, too.
    static var threadsMax: Int { 32 }

    private let path: String
    private let content: @Sendable () -> Result<Content, DirectoryError>
    private let threads = Mutex(0)

    init(path: String, content: @escaping @Sendable () -> Result<Content, DirectoryError>) {
        self.path = path
        self.content = content
    }

    func read(within span: Duration) async throws(DirectoryError) -> Content {
        guard enter() else {
            throw .timedOut(server: path, phase: "\(Self.threadsMax) reads of it have not ended yet")
        }
        let answer = FirstAnswer<Result<Content, DirectoryError>>()
        let late = DirectoryError.timedOut(server: path, phase: "reading the file")
        let alarm = Watchdog.alarm(after: span) { answer.give(.failure(late)) }
        defer { alarm.cancel() }
        let read = await withTaskCancellationHandler {
            Thread.detachNewThread { [self] in
                answer.give(content())
                leave()
            }
            return await answer.value
        } onCancel: {
            answer.give(.failure(.cancelled))
        }
        return try read.get()
    }

    private func enter() -> Bool {
        threads.withLock { count in
            guard count < Self.threadsMax else { return false }
            count += 1
            return true
        }
    }

    private func leave() { threads.withLock { $0 -= 1 } }
}

extension FileReader<[UInt8]> {
    /// Of what a directory may hold.
    convenience init(path: String) {
        self.init(path: path) { Result { () throws(DirectoryError) in try Self.read(path) } }
    }

    private static func read(_ path: String) throws(DirectoryError) -> [UInt8] {
        let descriptor = try RegularFile.open(path, named: path)
        defer { close(descriptor) }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw RegularFile.unreadable(path) }
            if got == 0 { return octets }
            octets += chunk[..<got]
            guard octets.count <= LDIFSource.octetsMax else {
                throw .misconfigured(detail: "\(path) is larger than \(LDIFSource.octetsMax) octets")
            }
        }
    }
}

enum RegularFile {
    /// Its descriptor, which the caller closes. `name` is what errors call it.
    static func open(_ path: String, named name: String) throws(DirectoryError) -> Int32 {
        // A pipe would be waited for in open(2) until somebody writes to it.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(name) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            defer { close(descriptor) }
            throw unreadable(name)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .misconfigured(detail: "\(name) is no regular file")
        }
        return descriptor
    }

    /// By what the system has just said.
    static func unreadable(_ name: String) -> DirectoryError {
        .misconfigured(detail: "\(name): \(String(cString: strerror(errno)))")
    }
}
