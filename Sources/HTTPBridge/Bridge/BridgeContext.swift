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

    /// Who asked whether the body may come, and waits for the answer (RFC 9110 section 10.1.1).
    func sayContinue() {
        channel.triggerUserOutboundEvent(ConnectionRules.Continue(), promise: nil)
    }

    /// For slowing wrong passwords. Behind a proxy on this host, whom the proxy names last. Who comes from
    /// this host without the proxy can name anybody, and is slowed by the directory alone.
    func client(_ headers: HTTPFields) -> String {
        let address = channel.remoteAddress?.ipAddress ?? "local"
        guard address == "local" || BridgeSettings.isLoopback(address),
            let name = HTTPField.Name("X-Forwarded-For"),
            let last = headers[values: name].last?.split(separator: ",").last
        else { return address }
        return Self.address(String(last.filter { $0 != " " }.prefix(64)))
    }

    /// Without the port that some proxies add: with it, each connection would be a client of its own.
    static func address(_ text: String) -> String {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : text
    }
}
