import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// A directory that does not answer costs each request five seconds, and nobody else anything.
    @Suite struct DeadlineTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            slapd = try Slapd(Slapd.crowd(10))
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        /// How long it takes to hear that the directory does not answer: never less than `least`.
        private func refused(
            _ method: String, _ params: JSONValue, least: Duration = .zero
        ) throws -> Duration {
            try best(under: .seconds(7)) { _ in
                let begun = ContinuousClock.now
                let error = try daemon.refusal(method, params)
                let took = begun.duration(to: .now)
                #expect(error.known == .directoryUnavailable)
                #expect(error.data?.detail?.contains("corp") == true)
                #expect(took > least, "\(took)")
                return took
            }
        }

        @Test func `who asks for somebody unknown hears in time that the directory does not answer`() throws {
            slapd.pause()
            defer { slapd.resume() }
            let took = try refused("token.create", ["owner": "nobody-knows"], least: .seconds(4))
            #expect(took < .seconds(7), "\(took)")
        }

        @Test func `who shows a password hears it, too`() throws {
            slapd.pause()
            defer { slapd.resume() }
            let took = try refused("token.list", ["as": ["login": "p1", "password": "x"]])
            #expect(took < .seconds(7), "\(took)")
        }

        @Test func `many who ask take few threads, hear it in time, and find it well when it is back`() throws
        {
            let token = try daemon.create("p1")
            slapd.pause()
            let sockets = try (0..<4).map { _ in try daemon.connect() }
            // Not `user.show`: of those a connection is answered one after the other.
            let line = try DaemonProcess.request("token.create", ["owner": "nobody-knows"])
            let took = try best(under: .seconds(4)) { _ in
                let begun = ContinuousClock.now
                for socket in sockets { try socket.send(String(repeating: line + "\n", count: 50)) }
                for _ in 1...100 { #expect(try daemon.verdict(token) == "active") }
                let took = begun.duration(to: .now)
                #expect(try daemon.facts.threads < 60)
                for socket in sockets {
                    for _ in 1...50 {
                        #expect(try socket.value().refusal?.known == .directoryUnavailable)
                    }
                }
                return took
            }
            #expect(took < .seconds(4), "verifying does not wait: \(took)")
            slapd.resume()
            try eventually("the directory answers again") {
                try daemon.refusal("token.create", ["owner": "nobody-knows"]).known == .notFound
            }
        }
    }
}
