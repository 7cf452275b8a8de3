import Synchronization

/// The directory that a request is waiting for, so that whoever gives up on the request can name it.
package final class DirectoryWait: Sendable {
    /// Of the request that this task works on; nil where nobody will ask.
    @TaskLocal package static var current: DirectoryWait?

    private let asked = Mutex<String?>(nil)

    package init() {}

    package var directory: String? { asked.withLock { $0 } }

    func begin(_ directory: String) { asked.withLock { $0 = directory } }

    func end() { asked.withLock { $0 = nil } }
}
