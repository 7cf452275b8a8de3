import AgentProtocol
import HTTPBridge
import TokenCore

extension HTTPConfiguration {
    /// What an administrator sets through the bridge is kept in `folder`, unless the configuration says
    /// otherwise.
    func settings(folder: String) -> BridgeSettings {
        var settings = settings
        settings.iqStatePath = stateFile ?? "\(folder)/http.json"
        settings.version = Version.text
        return settings
    }

    /// Why it may not listen where it is told to; nil when it may.
    var objection: String? { settings.objection }

    private var settings: BridgeSettings {
        var settings = BridgeSettings(address: address, apis: Set(apis.map(BridgeSettings.API.init))) {
            WireTime(milliseconds: Daemon.now().milliseconds)
        }
        settings.allowRemote = allowRemote
        return settings
    }

    private var address: BridgeSettings.Address {
        if let socketPath { return .unix(path: socketPath) }
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
