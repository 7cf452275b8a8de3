import AgentServer
import HTTPBridge
import Logging
import ServiceLifecycle
import Synchronization

/// Runs a bridge at its address, which is nobody else's as long as it does.
struct BridgeService: Service {
    enum State: Sendable {
        /// Where it is at a Unix socket, with that.
        case listening(BoundSocket?)
        /// With the reason.
        case notListening(String)
    }

    let bridge: Bridge
    /// As the configuration has it.
    let http: HTTPConfiguration
    let logger: Logger

    /// Until it is told to stop, or cannot go on.
    func run() async throws { try await serve { _ in } }

    private func serve(_ onListening: @escaping @Sendable (BoundSocket?) -> Void) async throws {
        let lock = try lock()
        defer { lock?.release() }
        do {
            try await bridge.service { _ in
                logger.notice("the HTTP bridge listens", metadata: ["listen": "\(http.listen)"])
                onListening(http.socketPath.flatMap { BoundSocket(at: $0) })
            }.run()
        } catch let error as BridgeError {
            guard case .cannotListen(let reason) = error else { throw error }
            throw StartFailure(listen: http.listen, reason: reason)
        }
    }

    /// Of a Unix socket: what is bound there removes the one that it finds, also a living one.
    private func lock() throws(StartFailure) -> SocketLock? {
        guard let path = http.socketPath else { return nil }
        if let file = FileFacts(path, followsLink: false), !file.isSocket {
            throw StartFailure(listen: http.listen, reason: "that exists, and is no socket: remove it")
        }
        do { return try SocketLock.take(for: path) } catch {
            if case .inUse = error {
                throw StartFailure(listen: http.listen, reason: "another bridge listens there")
            }
            throw StartFailure(listen: http.listen, reason: "\(error)")
        }
    }

    /// For the daemon, which serves its own socket whatever becomes of this address: it tries again until it
    /// is told to stop.
    ///
    /// Any local user can take a port of the loopback. That must not keep anybody's token from being
    /// verified.
    func untilItListens(
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        onChange: @escaping @Sendable (State) -> Void
    ) -> any Service {
        Patient(service: self, pause: pause, onChange: onChange)
    }

    private struct Patient: Service {
        let service: BridgeService
        let pause: @Sendable (Duration) async throws -> Void
        let onChange: @Sendable (State) -> Void

        func run() async throws {
            let backOff = Mutex(ListenBackOff())
            while true {
                do {
                    try await service.serve { socket in
                        backOff.withLock { $0.succeeded() }
                        onChange(.listening(socket))
                    }
                    if Task.isCancelled || Task.isShuttingDownGracefully { return }
                    // A service that returns ends the daemon.
                    throw StartFailure(listen: service.http.listen, reason: "it has ended by itself")
                } catch {
                    if Task.isCancelled || Task.isShuttingDownGracefully { return }
                    let reason = StartFailure(error).message
                    let wait = backOff.withLock { $0.failed() }
                    onChange(.notListening(reason))
                    service.logger.error(
                        "the HTTP bridge does not listen, and tries again; the socket is served all the same",
                        metadata: ["error": "\(reason)", "again_in_s": "\(wait.components.seconds)"])
                    do { try await cancelWhenGracefulShutdown { try await pause(wait) } } catch { return }
                }
            }
        }
    }
}
