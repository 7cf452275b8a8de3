internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A request's surroundings: whose connection it came by.
struct BridgeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Whoever sends too much or too slowly is answered, and has a moment to read it.
    func closeSoon() {
        let channel = channel
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    /// For slowing wrong passwords. Behind a proxy on this host, whom the proxy names last. Who comes from
    /// this host without the proxy can name anybody, and is slowed by the directory alone.
    func client(_ headers: HTTPFields) -> String {
        let address = channel.remoteAddress?.ipAddress ?? "local"
        guard address == "local" || BridgeSettings.isLoopback(address),
            let name = HTTPField.Name("X-Forwarded-For"),
            let last = headers[values: name].last?.split(separator: ",").last
        else { return address }
        return String(last.filter { $0 != " " }.prefix(64))
    }
}
