import Logging
import ServiceLifecycle
import UnixSignals

/// SIGHUP where nothing can be read again: says so, and goes on.
struct HangUpNotice: Service {
    let hangUps: UnixSignalsSequence
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in hangUps {
                logger.warning("SIGHUP changes nothing here: a changed configuration needs a restart")
            }
        }
    }
}
