import AgentProtocol
import Testing

@testable import HTTPBridge

struct SettingsTests {
    private func settings(_ host: String) -> BridgeSettings {
        BridgeSettings(address: .tcp(host: host, port: 80)) { WireTime(milliseconds: 0) }
    }

    @Test(
        "Loopback addresses need no permission",
        arguments: ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])
    func allowsLoopback(host: String) {
        #expect(settings(host).objection == nil)
    }

    @Test(
        "Others do",
        arguments: [
            "0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "127.example.org", "127.0.0.1.example.org",
        ])
    func refusesOthers(host: String) {
        var settings = settings(host)
        #expect(settings.objection != nil)
        settings.allowRemote = true
        #expect(settings.objection == nil)
    }
}
