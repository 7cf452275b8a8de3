package import AgentCore
import AgentProtocol
package import Logging
import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The daemon's socket: accepts, learns who calls, and gives each connection to an event loop.
package struct SocketServer: Service {
    private let agent: Agent
    private let socket: ListeningSocket
    private let settings: ServerSettings
    private let version: String
    private let logger: Logger
    private let surroundings: Surroundings
    private let onChange: @Sendable (Phase) -> Void
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)

    package enum Phase: Sendable {
        /// Callers are being answered.
        case serving
        /// Nobody is let in any more, and those who are in get their answers.
        case draining
    }

    package init(
        agent: Agent, socket: ListeningSocket, settings: ServerSettings, version: String, logger: Logger,
        surroundings: Surroundings, onChange: @escaping @Sendable (Phase) -> Void
    ) {
        self.agent = agent
        self.socket = socket
        self.settings = settings
        self.version = version
        self.logger = logger
        self.surroundings = surroundings
        self.onChange = onChange
    }

    /// Whether callers could be answered now.
    package var pulse: Pulse { Pulse(loops: group, agent: agent) }

    package func run() async throws {
        let count = ConnectionCount(max: settings.connectionsMax, perUIDMax: settings.connectionsPerUIDMax)
        let open = OpenChannels()
        let dispatcher = Dispatcher(
            agent: agent, version: version, logger: logger, users: LocalUsers(), connections: count,
            paces: CallerPaces(createsPerSecondMax: settings.createsPerSecondMax), surroundings: surroundings)
        Gauge(label: "tokenagent_connections_max").record(settings.connectionsMax)
        let wakeUp = try WakeUp()
        let reception = Reception(
            group: group, dispatcher: dispatcher, settings: settings, count: count, open: open,
            wakeUp: wakeUp,
            logger: logger)
        let acceptor = Acceptor(
            listening: socket.descriptor, wakeUp: wakeUp, mayAccept: { count.hasRoom },
            onConnection: reception.receive, onFailure: reception.complain)
        acceptor.start()
        onChange(.serving)
        logger.notice("serving", metadata: ["socket": "\(socket.path)"])
        try await gracefulShutdown()
        onChange(.draining)
        logger.notice("draining", metadata: ["connections": "\(count.all)"])
        acceptor.stop()
        socket.leave()
        // Nobody would wait for them, and who asked would be let go without an answer.
        dispatcher.readings.callOff()
        await open.drain(within: .seconds(Limits.drainSecondsMax))
        socket.close()
    }

    /// Lets the event loops go. Not before the store is closed: tasks that began on a loop and wait for the
    /// store come back to it, and would keep the store for ever where it is gone.
    package func end() async throws { try await group.shutdownGracefully() }
}
