internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
package import ServiceLifecycle

/// The HTTP bridge: HTTP in, agent requests out. Holds no right of its own.
package struct Bridge: Sendable {
    private let settings: BridgeSettings
    private let responder: BridgeResponder
    private let logger: Logger

    package init(settings: BridgeSettings, agent: any AgentRequests, logger: Logger) {
        self.init(settings: settings, agent: agent, logger: logger, pace: PasswordPace())
    }

    init(settings: BridgeSettings, agent: any AgentRequests, logger: Logger, pace: PasswordPace) {
        self.settings = settings
        self.logger = logger
        let metrics = BridgeMetrics()
        responder = BridgeResponder(
            table: RouteTable(Self.apis(settings, metrics)), agent: agent, metrics: metrics,
            bodyTimeout: settings.timeouts.body, logger: logger, pace: pace)
    }

    /// Listens until it is told to stop; requests under way are answered first.
    /// `onRunning` hears the port, or 0 for a Unix socket. Running it throws `BridgeError.cannotListen` when
    /// it never came to that; another service may then be made and run.
    package func service(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> any Service
    {
        if let objection = settings.objection { throw BridgeError.refusedAddress(objection) }
        var configuration = ApplicationConfiguration(
            address: address,
            availableConnectionsDelegate: MaximumAvailableConnections(BridgeLimits.connectionsMax))
        configuration.serverName = nil
        let timeouts = settings.timeouts
        let start = Listening.Start()
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder {
                LoopChannel(
                    http: HTTP1Channel(responder: $0, configuration: Self.channel(idle: timeouts.idle)),
                    answerTimeout: timeouts.answer)
            },
            configuration: configuration,
            onServerRunning: { channel in
                start.note()
                openSocket()
                await onRunning(channel.localAddress?.port ?? 0)
            }, logger: logger)
        return Listening(application: application, start: start)
    }

    private var address: BindAddress {
        switch settings.address {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: path)
        }
    }

    /// A Unix socket is as open as the loopback address would be, whatever the umask: the credentials of
    /// each request count, and who may come near it is up to its folder.
    private func openSocket() {
        guard case .unix(let path) = settings.address, chmod(path, 0o666) != 0 else { return }
        logger.warning("the socket cannot be opened to others", metadata: ["errno": "\(errno)"])
    }

    private static func channel(idle: Duration) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: TimeAmount(idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: BridgeLimits.headerBytesMax,
                maxHeaderListSize: BridgeLimits.headerBytesMax,
                maxHeaderFieldCount: BridgeLimits.headerFieldsMax))
    }

    static func apis(_ settings: BridgeSettings, _ metrics: BridgeMetrics) -> [any ServedAPI] {
        var apis: [any ServedAPI] = []
        if settings.apis.contains(.query) { apis.append(QueryServer(clock: settings.clock)) }
        if settings.apis.contains(.iq) {
            let state = IQStateFile(path: settings.iqStatePath)
            apis.append(IQServer(state: state, realm: settings.realm))
        }
        if settings.apis.contains(.entity) { apis.append(EntityTokens()) }
        if settings.apis.contains(.standard) {
            let others = RouteTable(apis).routes
            apis.append(Standards(settings: settings, metrics: metrics, others: others))
        }
        return apis
    }
}
