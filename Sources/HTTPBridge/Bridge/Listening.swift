internal import Glibc
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// An application, of which what keeps it from listening is told apart from what ends it later.
struct Listening: Service {
    /// Whether it has come to that.
    final class Start: Sendable {
        private let isDone = Atomic(false)

        func note() { isDone.store(true, ordering: .releasing) }
        var hasBeen: Bool { isDone.load(ordering: .acquiring) }
    }

    let application: any Service
    let start: Start

    func run() async throws {
        do {
            try await application.run()
        } catch  where !start.hasBeen && !(error is CancellationError) {
            throw BridgeError.cannotListen(reason: Self.reason(error))
        }
    }

    /// NIO names the call and its arguments beside the system's own word.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
