import AgentServer
import Glibc
import Logging
import ServiceLifecycle

/// Tells the service manager that the daemon does what it is for, as often as it wants to hear it
/// (sd_watchdog_enabled(3)).
///
/// Each time it has just verified a token on every event loop, and has written to the disk. When one of them
/// fails or hangs nothing is told, and the service manager starts the daemon anew.
struct Watchdog: Service {
    let pulse: Pulse
    /// Between two words, half of what the service manager waits for.
    let interval: Duration
    let logger: Logger

    /// nil when nobody wants to hear.
    init?(pulse: Pulse, logger: Logger) {
        guard let microseconds = Self.variable("WATCHDOG_USEC").flatMap(Int64.init), microseconds > 0 else {
            return nil
        }
        if let pid = Self.variable("WATCHDOG_PID"), Int32(pid) != getpid() { return nil }
        self.pulse = pulse
        self.logger = logger
        interval = .microseconds(microseconds / 2)
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await pulse.beat()
                    ServiceNotice.tell("WATCHDOG=1")
                } catch {
                    logger.error("the watchdog is not told", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }
}
