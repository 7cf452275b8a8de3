import AgentProtocol
import Testing

extension EndToEnd {
    /// What must hold on each kind of server, whatever its ids and its ways to disable and to tell changes.
    @Suite struct EveryDirectoryTests {
        /// A server with people, and a daemon that has read them.
        private func started(
            _ kind: ServerKind, people: Int = 15
        ) throws -> (server: DirectoryUnderTest, daemon: DaemonProcess) {
            let server = try DirectoryUnderTest(kind, people: people)
            let daemon = try DaemonProcess(DaemonSettings(directories: [server.settings()]))
            return (server, daemon)
        }

        private func create(
            _ number: Int, _ server: DirectoryUnderTest, _ daemon: DaemonProcess
        ) throws -> MadeToken {
            try daemon.create(.string(server.login(number)))
        }

        @Test(arguments: ServerKind.present)
        func `everybody is read, by login and by address`(kind: ServerKind) throws {
            let (server, daemon) = try started(kind)
            let report = try daemon.sync()
            #expect(report["complete"] == true)
            #expect(report["people"] == 15)
            #expect(report["method"] == "paged")
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["changes_method"].text == kind.changesMethod)
            let token = try create(1, server, daemon)
            #expect(try daemon.verdict(token) == "active")
            let byMail = try daemon.call("user.show", ["user": .string("\(server.login(1))@example.org")])
            #expect(byMail["user"]["id"] == token.metadata["owner"]["id"])
        }

        @Test(arguments: ServerKind.present)
        func `directory test finds nothing wrong`(kind: ServerKind) throws {
            let (server, daemon) = try started(kind)
            // The connections of these tests are in the clear, and it says so.
            let checks = try daemon.call("directory.test")["checks"].items.filter { $0["check"] != "tls" }
            #expect(checks.count > 5)
            for check in checks {
                #expect(check["ok"] == true, "\(check["check"].text ?? ""): \(check["detail"].text ?? "")")
            }
            withExtendedLifetime(server) {}
        }

        @Test(arguments: ServerKind.present)
        func `a change of labels is told, and the tokens stay`(kind: ServerKind) throws {
            let (server, daemon) = try started(kind)
            let token = try create(1, server, daemon)
            try server.setMail("\(server.login(1))-new@example.org", of: 1)
            let report = try daemon.sync(["mode": "changes"])
            #expect(report["method"].text == kind.changesMethod)
            #expect(report["complete"] == true)
            let mail = try daemon.call("token.show", ["id": .string(token.id)])["owner"]["email"]
            #expect(mail.text == "\(server.login(1))-new@example.org")
            #expect(try daemon.verdict(token) == "active")
        }

        @Test(arguments: ServerKind.present, ["full", "changes"])
        func `who is disabled is suspended, and back when enabled`(kind: ServerKind, mode: String) throws {
            let (server, daemon) = try started(kind)
            let token = try create(1, server, daemon)
            let other = try create(2, server, daemon)
            try server.setDisabled(true, 1)
            _ = try daemon.sync(["mode": .string(mode)])
            #expect(try daemon.verdict(token) == "suspended")
            try server.setDisabled(false, 1)
            _ = try daemon.sync(["mode": .string(mode)])
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.verdict(other) == "active")
        }

        @Test(arguments: ServerKind.departures)
        func `who is deleted is obsolete, and nobody else`(kind: ServerKind, mode: String) throws {
            let (server, daemon) = try started(kind)
            let token = try create(1, server, daemon)
            let other = try create(2, server, daemon)
            try server.delete(1...1)
            let report = try daemon.sync(["mode": .string(mode)])
            #expect(report["gone"] == 1)
            #expect(report["method"].text == (mode == "full" ? "paged" : kind.changesMethod))
            #expect(try daemon.verdict(token) == "obsolete")
            #expect(try daemon.verdict(other) == "active")
        }

        @Test(arguments: ServerKind.present)
        func `a new person under an old login has no claim to the old tokens`(kind: ServerKind) throws {
            let (server, daemon) = try started(kind)
            let token = try create(1, server, daemon)
            try server.delete(1...1)
            try server.add(1)
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
            #expect(try daemon.verdict(create(1, server, daemon)) == "active")
        }

        /// On FreeIPA it takes a right to see where they are moved to: see `FreeIPATests`.
        @Test(arguments: ServerKind.departures.filter { $0.0 != .freeIPA })
        func `who is moved out of the branch is suspended, not gone`(kind: ServerKind, mode: String) throws {
            let (server, daemon) = try started(kind)
            let token = try create(1, server, daemon)
            try server.moveAway(1)
            let report = try daemon.sync(["mode": .string(mode)])
            #expect(report["gone"] == 0)
            #expect(try daemon.verdict(token) == "suspended")
        }

        @Test(arguments: ServerKind.present)
        func `a mass departure is held, and approved applied once`(kind: ServerKind) throws {
            let (server, daemon) = try started(kind, people: 40)
            let tokens = try (1...12).map { try create($0, server, daemon) }
            try server.delete(1...11)
            let held = try daemon.sync()["held"]
            #expect(held["would_remove"] == 11)
            for token in tokens { #expect(try daemon.verdict(token) == "active") }
            let report = try daemon.sync(["approve": held["plan"]])
            #expect(report["gone"] == 11)
            #expect(try tokens.map(daemon.verdict) == Array(repeating: "obsolete", count: 11) + ["active"])
            #expect(try daemon.refusal("directory.sync", ["approve": held["plan"]]).known == .notFound)
        }

        /// Active Directory shows what was deleted to administrators alone.
        @Test(.enabled(if: ServerKind.present.contains(.samba), "Samba is for scripts/test-directories"))
        func `an ordinary account is enough, and hears what it cannot see`() throws {
            let server = try DirectoryUnderTest(.samba, people: 15, reader: "reader@test.example.org")
            let daemon = try DaemonProcess(DaemonSettings(directories: [server.settings()]))
            let token = try create(1, server, daemon)
            let other = try create(2, server, daemon)
            let checks = try daemon.call("directory.test")["checks"].items
            let changes = checks.first { $0["check"] == "changes" }
            #expect(changes?["detail"].text?.contains("deleted objects cannot be seen") == true)
            #expect(changes?["advice"].text?.contains("CN=Deleted Objects,DC=test") == true)
            let status = checks.first { $0["check"] == "status" }
            #expect(status?["detail"].text?.contains("userAccountControl") == true)

            try server.setDisabled(true, 2)
            _ = try daemon.sync(["mode": "changes"])
            #expect(try daemon.verdict(other) == "suspended")
            try server.delete(1...1)
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
        }
    }
}
