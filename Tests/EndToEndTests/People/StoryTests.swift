import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// What happened to somebody, told while it happens and afterwards.
    @Suite struct StoryTests {
        private static let kinds = [
            "token.created", "user.disabled", "user.back", "user.gone", "token.purged",
        ]

        @Test
        func `a departure is told in order to who listens, and to who asks for the token or the person`()
            throws
        {
            let slapd = try Slapd(Slapd.person("alice", classes: ["shadowAccount"]) + Slapd.crowd(10))
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            let listener = try daemon.connect()
            let kinds = JSONValue.array(Self.kinds.map { .string($0) })
            _ = try listener.ask(DaemonProcess.request("events.subscribe", ["kinds": kinds]))

            let token = try daemon.create("alice")
            try slapd.replace("shadowExpire", "1", of: "alice")
            _ = try daemon.sync()
            try slapd.replace("shadowExpire", nil, of: "alice")
            _ = try daemon.sync()
            try slapd.delete(Slapd.dn("alice"))
            _ = try daemon.sync()
            #expect(try daemon.verdict(token) == "obsolete")

            let told = try Self.kinds.map { _ in try listener.value()["params"] }
            #expect(told.map { $0["kind"].text } == Self.kinds)
            for params in [
                ("token.explain", ["id": .string(token.id)]), ("user.explain", ["user": "alice"]),
            ] as [(String, JSONValue)] {
                let events = try daemon.call(params.0, params.1)["events"].items
                #expect(events.map { $0["event"].text } == Self.kinds, "\(params.0)")
                #expect(events.allSatisfy { $0["at"].text?.hasSuffix("Z") == true })
                let gone = events[3]
                #expect(gone["by"].text?.contains(" of corp from \(slapd.localURL)") == true)
                #expect(
                    gone["detail"].text?.contains("looked up by stable id in the whole directory") == true)
                #expect(events[4]["by"] == "its use")
            }
            for subject in [token.id, "alice"] {
                let text = try daemon.run("explain", subject).output
                for word in ["shadowExpire", "from ldapi", "looked up by stable id", "its use"] {
                    #expect(text.contains(word), "\(subject): \(word)")
                }
            }
        }
    }
}
