import AgentProtocol
import Foundation
import HTTPBridge
import Logging
import ServiceLifecycle
import Testing

@testable import RealServers

@Suite(.serialized) struct ListeningTests {
    /// An agent that is not there.
    private struct Nobody: AgentRequests {
        func call<P: MethodParams>(
            _ params: P, as credentials: Credentials?
        ) async throws(AgentFailure) -> P.Answer {
            throw .unreachable("nobody")
        }
    }

    private func bridge(_ address: BridgeSettings.Address, remote: Bool = false) -> Bridge {
        var settings = BridgeSettings(address: address) { WireTime(milliseconds: 0) }
        settings.allowRemote = remote
        return Bridge(settings: settings, agent: Nobody(), logger: Logger(label: "bridge"))
    }

    @Test("Addresses that others can reach are refused, unless that is meant")
    func refusesRemoteAddresses() throws {
        #expect(throws: BridgeError.self) {
            try bridge(.tcp(host: "0.0.0.0", port: 0)).service()
        }
        _ = try bridge(.tcp(host: "0.0.0.0", port: 0), remote: true).service()
    }

    @Test("A Unix socket is as good as a port")
    func listensOnSockets() async throws {
        let path = "/tmp/bridge.\(UUID().uuidString.prefix(8))"
        let (running, said) = AsyncStream.makeStream(of: Int.self)
        let service = try bridge(.unix(path: path)).service { port in said.yield(port) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], logger: Logger(label: "lifecycle")))
        let task = Task {
            defer { said.finish() }
            try await group.run()
        }
        var iterator = running.makeAsyncIterator()
        #expect(await iterator.next() == 0)
        let run = try await ChildProcess.run(
            ["/usr/bin/curl", "-sS", "--unix-socket", path, "http://bridge/healthz"], log: path + ".log")
        #expect(run.output == #"{"status":"ok"}"#)
        // A proxy has a user of its own.
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o666)
        await group.triggerGracefulShutdown()
        try await task.value
        try FileManager.default.removeItem(atPath: path + ".log")
    }
}
