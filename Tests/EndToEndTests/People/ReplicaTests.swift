import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// Several servers of one directory, one of which is behind.
    @Suite struct ReplicaTests {
        private let slapd: Slapd
        /// As the other was in the beginning, and stays so.
        private let replica: Slapd

        init() throws {
            let people = ["xavier", "yvonne"].map { Slapd.person($0, more: ["userPassword: \($0)'s"]) }
            (slapd, replica) = try Self.pair(Slapd.person("alice") + people.joined() + Slapd.crowd(30))
        }

        private static func pair(_ ldif: String, tellingHowFar: Bool = true) throws -> (Slapd, Slapd) {
            var options = Slapd.Options()
            options.tellsChanges = tellingHowFar
            let slapd = try Slapd(ldif, options: options)
            slapd.stop()
            options.copying = slapd.directory
            let replica = try Slapd(options: options)
            try slapd.start()
            return (slapd, replica)
        }

        private func directory() -> String { Self.directory(slapd, replica) }

        private static func directory(_ slapd: Slapd, _ replica: Slapd) -> String {
            DaemonSettings.directory(
                "corp",
                [
                    "url: [\(slapd.localURL), \(replica.localURL)]", "bind_dn: \(Slapd.readerDN)",
                    "bind_password_file: \(slapd.readerPasswordFile)", "base: \(Slapd.people)",
                    "sync: {persist: false}",
                ])
        }

        @Test func `somebody new is not gone because the server that is left has not got them yet`() throws {
            let daemon = try DaemonProcess(DaemonSettings(directories: [directory()]))
            try slapd.add(Slapd.person("newhire"))
            let token = try daemon.create("newhire")
            slapd.stop()

            let refusal = try daemon.refusal("directory.sync")

            #expect(refusal.known == .directoryUnavailable)
            #expect(refusal.data?.detail?.contains("has not yet got what was seen") == true, "\(refusal)")
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.call("directory.status")["sources"][0]["state"] == "failing")
            // Also after what reads in full by itself: the server knows less than the cookie.
            #expect(try daemon.refusal("directory.sync", ["mode": "changes"]).known == .directoryUnavailable)
            #expect(try daemon.verdict(token) == "active")

            // The other is asked again before the one that is behind.
            try slapd.start()
            try slapd.delete(Slapd.dn("newhire"))
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
        }

        @Test func `who leaves a server that is not behind is gone with the next reading`() throws {
            let daemon = try DaemonProcess(DaemonSettings(directories: [directory()]))
            try slapd.add(Slapd.person("newhire"))
            let token = try daemon.create("newhire")
            try slapd.delete(Slapd.dn("newhire"))
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
        }

        @Test func `who has left gets in nowhere by the server that has not heard of it`() throws {
            let daemon = try DaemonProcess(DaemonSettings(directories: [directory()]))
            func enter(_ login: String) -> JSONValue {
                ["as": ["login": .string(login), "password": .string("\(login)'s")]]
            }
            let token = try daemon.create("yvonne")
            #expect(try daemon.call("agent.whoami", enter("xavier"))["login"] == "xavier")
            for login in ["xavier", "yvonne"] { try slapd.delete(Slapd.dn(login)) }
            #expect(try daemon.sync()["gone"] == 1)
            slapd.stop()

            for login in ["xavier", "yvonne"] {
                for (method, params) in [
                    ("agent.whoami", enter(login)),
                    ("token.create", ["owner": .string(login), "name": "again"]),
                ] as [(String, JSONValue)] {
                    let refusal = try daemon.refusal(method, params)
                    #expect(refusal.known == .directoryUnavailable, "\(login): \(refusal)")
                    let detail = refusal.data?.detail
                    #expect(detail?.contains("has not yet got what was seen") == true, "\(refusal)")
                }
            }
            #expect(try daemon.state(token) == "obsolete")

            try slapd.start()
            #expect(try daemon.refusal("agent.whoami", enter("xavier")).reason == "bad_credentials")
            #expect(try daemon.refusal("token.create", ["owner": "xavier"]).known == .notFound)
        }

        @Test func `a look-up on the server that is left makes nobody gone whom it has not got`() throws {
            let (slapd, replica) = try Self.pair(Slapd.crowd(30), tellingHowFar: false)
            let daemon = try DaemonProcess(DaemonSettings(directories: [Self.directory(slapd, replica)]))
            _ = try daemon.sync()
            try slapd.add(Slapd.person("newhire"))
            let token = try daemon.create("newhire")
            slapd.stop()
            func refusal() throws -> String {
                try daemon.refusal("directory.sync").data?.detail ?? "none"
            }
            #expect(try refusal().contains("which may only be ahead"))
            try replica.add(Slapd.person("second"))
            _ = try daemon.create("second")
            #expect(try refusal().contains("which may only be ahead"))
            #expect(try daemon.verdict(token) == "active")
        }

        @Test func `a server that hides contextCSN and tells changes is asked for single people`() throws {
            var options = Slapd.Options()
            options.database = ["access to attrs=contextCSN by * none", "access to * by * read"]
            let people = Slapd.person("xavier", more: ["userPassword: xavier's"]) + Slapd.crowd(30)
            let slapd = try Slapd(people, options: options)
            let corp = DaemonSettings.directory(
                "corp",
                [
                    "url: \(slapd.localURL)", "bind_dn: \(Slapd.readerDN)",
                    "bind_password_file: \(slapd.readerPasswordFile)", "base: \(Slapd.people)",
                    "sync: {persist: false}",
                ])
            let daemon = try DaemonProcess(DaemonSettings(directories: [corp]))
            func enter() throws {
                let password: JSONValue = ["as": ["login": "xavier", "password": "xavier's"]]
                #expect(try daemon.call("agent.whoami", password)["login"] == "xavier")
            }
            #expect(try daemon.sync()["complete"] == true)
            try enter()
            try slapd.add(Slapd.person("newhire"))
            #expect(try daemon.verdict(try daemon.create("newhire")) == "active")
            try slapd.add(Slapd.person("second"))
            #expect(try daemon.sync(["mode": "changes"])["complete"] == true)
            try enter()
            #expect(try daemon.sync()["complete"] == true)
            try enter()
        }
    }
}
