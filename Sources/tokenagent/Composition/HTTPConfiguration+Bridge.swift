import AgentProtocol
import HTTPBridge
import TokenCore

extension HTTPConfiguration {
    /// `database` is where the daemon's is: what an administrator sets through the bridge is kept beside it.
    func settings(database: String) -> BridgeSettings {
        var settings = BridgeSettings(address: address, apis: Set(apis.map(BridgeSettings.API.init))) {
            WireTime(milliseconds: Daemon.now().milliseconds)
        }
        settings.allowRemote = allowRemote
        settings.iqStatePath = stateFile ?? "\(FileFacts.folder(of: database))/http.json"
        settings.version = Version.text
        return settings
    }

    private var address: BridgeSettings.Address {
        if listen.hasPrefix("unix:") { return .unix(path: String(listen.dropFirst("unix:".count))) }
        let parts = HostAndPort(listen)
        return .tcp(host: parts?.host ?? "127.0.0.1", port: parts?.port ?? 0)
    }
}

extension BridgeSettings.API {
    init(_ api: HTTPConfiguration.API) {
        switch api {
        case .query: self = .query
        case .iq: self = .iq
        case .entity: self = .entity
        case .standard: self = .standard
        }
    }
}
