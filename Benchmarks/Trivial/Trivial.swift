import Hummingbird
import Logging

/// What the HTTP bridge is measured beside: a server with one route that does nothing but answer.
///
/// The same library, event loops and log level; what is left between it and `/auth` is the bridge's own work
/// and the agent's.
@main struct Trivial {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            fatalError("the port is the one argument")
        }
        let router = Router()
        router.get("/auth") { _, _ in "" }
        var logger = Logger(label: "trivial")
        logger.logLevel = .notice
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
