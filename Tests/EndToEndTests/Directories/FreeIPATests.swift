import AgentProtocol
import Testing

extension EndToEnd {
    /// What FreeIPA does with people that no other directory does, as its commands do it.
    @Suite(.enabled(if: ServerKind.present.contains(.freeIPA), "FreeIPA is for scripts/test-directories"))
    struct FreeIPATests {
        /// May read preserved users, by a role of its own.
        private static let keeper = "uid=keeper,cn=sysaccounts,cn=etc,dc=example,dc=org"

        private func started(
            reader: String? = nil
        ) throws -> (server: DirectoryUnderTest, daemon: DaemonProcess) {
            let server = try DirectoryUnderTest(.freeIPA, people: 15, reader: reader)
            return (server, try DaemonProcess(DaemonSettings(directories: [server.settings()])))
        }

        private func create(
            _ number: Int, _ server: DirectoryUnderTest, _ daemon: DaemonProcess
        ) throws -> MadeToken {
            try daemon.create(.string(server.login(number)))
        }

        private func checks(_ daemon: DaemonProcess) throws -> [String: JSONValue] {
            let items = try daemon.call("directory.test")["checks"].items
            return Dictionary(items.map { ($0["check"].text ?? "", $0) }) { first, _ in first }
        }

        @Test func `a system account goes by ipaUniqueID, and hears why departures have to wait`() throws {
            let (server, daemon) = try started()
            try server.setDisabled(true, 1)
            let checks = try checks(daemon)
            #expect(checks["id"]?["detail"].text == "ipaUniqueID, found under dc=example,dc=org")
            #expect(checks["status"]?["detail"].text?.hasPrefix("visible: nsAccountLock; ") == true)
            let changes = checks["changes"]
            #expect(changes?["detail"].text == "modifyTimestamp: deletions only by full readings")
            #expect(changes?["advice"].text?.contains("changelog of DNS alone") == true)
            _ = try daemon.sync()
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(try status.line.contains("FreeIPA keeps a changelog of DNS alone"))
        }

        @Test func `who is deleted or preserved waits for the next full reading`() throws {
            let (server, daemon) = try started()
            let tokens = try (1...3).map { try create($0, server, daemon) }
            _ = try daemon.sync()
            try server.delete(1...1)
            try server.moveAway(2)
            let told = try daemon.sync(["mode": "changes"])
            #expect(told["method"] == "modifyTimestamp" && told["complete"] == true)
            #expect(try tokens.map(daemon.verdict) == ["active", "active", "active"])
            #expect(try daemon.sync()["gone"] == 2)
            #expect(try tokens.map(daemon.verdict) == ["obsolete", "obsolete", "active"])
        }

        @Test func `who is preserved looks deleted to a system account, and is back when undeleted`() throws {
            let (server, daemon) = try started()
            let token = try create(1, server, daemon)
            try server.moveAway(1)
            #expect(try daemon.sync()["gone"] == 1)
            // A verdict would purge it.
            #expect(try daemon.state(token) == "obsolete")
            try server.moveBack(1)
            #expect(try daemon.sync(["mode": "changes"])["complete"] == true)
            #expect(try daemon.verdict(token) == "active")
        }

        @Test func `who is preserved is suspended where preserved users may be read`() throws {
            let (server, daemon) = try started(reader: Self.keeper)
            let token = try create(1, server, daemon)
            try server.moveAway(1)
            let report = try daemon.sync()
            #expect(report["gone"] == 0)
            #expect(try daemon.verdict(token) == "suspended")
            let person = try daemon.call("user.show", ["user": .string(server.login(1))])["user"]
            #expect(person["state"] == "missing")
            try server.moveBack(1)
            _ = try daemon.sync()
            #expect(try daemon.verdict(token) == "active")
        }

        @Test(arguments: ["full", "changes"])
        func `an expired principal is suspended, an expired password is not`(mode: String) throws {
            let (server, daemon) = try started()
            let tokens = try (1...4).map { try create($0, server, daemon) }
            _ = try daemon.sync()
            try server.modify(1, "replace: krbPrincipalExpiration\nkrbPrincipalExpiration: 20200101000000Z")
            try server.modify(2, "replace: krbPasswordExpiration\nkrbPasswordExpiration: 20200101000000Z")
            try server.modify(3, "replace: krbPrincipalExpiration\nkrbPrincipalExpiration: 20990101000000Z")
            _ = try daemon.sync(["mode": .string(mode)])
            #expect(try tokens.map(daemon.verdict) == ["suspended", "active", "active", "active"])
            try server.modify(1, "delete: krbPrincipalExpiration")
            _ = try daemon.sync(["mode": .string(mode)])
            #expect(try daemon.verdict(tokens[0]) == "active")
        }

        /// Here the server itself refuses only who is locked; FreeIPA's own plug-in would refuse both.
        @Test func `a password counts until the account is locked or its principal has expired`() throws {
            let (server, daemon) = try started()
            let login = JSONValue.string(server.login(1))
            let own: JSONValue = ["as": ["login": login, "password": "Some.Secret.1"]]
            try server.modify(1, "replace: userPassword\nuserPassword: Some.Secret.1")
            #expect(try daemon.call("agent.whoami", own)["login"] == login)
            try server.setDisabled(true, 1)
            #expect(try daemon.refusal("token.list", own).known == .notPermitted)
            try server.setDisabled(false, 1)
            _ = try daemon.call("token.list", own)
            try server.modify(1, "replace: krbPrincipalExpiration\nkrbPrincipalExpiration: 20200101000000Z")
            #expect(try daemon.refusal("token.list", own).known == .notPermitted)
        }

        @Test func `another login is the same person, and a staged user is nobody yet`() throws {
            let (server, daemon) = try started()
            let token = try create(1, server, daemon)
            _ = try daemon.sync()
            try server.rename(1)
            try server.stage(20)
            #expect(try daemon.sync(["mode": "changes"])["complete"] == true)
            let owner = try daemon.call("token.show", ["id": .string(token.id)])["owner"]
            #expect(owner["login"].text == "\(server.login(1))-new")
            #expect(try daemon.sync()["people"] == 15)
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.refusal("user.show", ["user": .string(server.login(20))]).known == .notFound)
        }

        @Test func `over the whole tree nobody is read twice, and who is preserved is locked`() throws {
            let server = try DirectoryUnderTest(.freeIPA, people: 15, reader: Self.keeper)
            let settings = server.settings().replacing("cn=users,cn=accounts,", with: "")
            let daemon = try DaemonProcess(DaemonSettings(directories: [settings]))
            let token = try create(1, server, daemon)
            try server.moveAway(1)
            let report = try daemon.sync()
            #expect(report["people"] == 15 && report["complete"] == true)
            #expect(try daemon.verdict(token) == "suspended")
            let person = try daemon.call("user.show", ["user": .string(server.login(1))])["user"]
            #expect(person["state"] == "disabled")
        }

        @Test func `the compat tree shows nobody's id, so it is not read`() throws {
            let server = try DirectoryUnderTest(.freeIPA, people: 3)
            let settings = server.settings().replacing("cn=users,cn=accounts,", with: "cn=users,cn=compat,")
            let daemon = try DaemonProcess(DaemonSettings(directories: [settings]))
            let checks = try checks(daemon)
            #expect(checks["search"]?["ok"] == true)
            #expect(checks["id"]?["ok"] == false && checks["limits"]?["ok"] == false)
        }

        @Test func `nobody who does not bind can go by ipaUniqueID, and hears it`() throws {
            let server = try DirectoryUnderTest(.freeIPA, people: 3)
            let lines = server.settings().split(separator: "\n").filter { !$0.contains("bind_") }
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [lines.joined(separator: "\n") + "\n    bind: anonymous"]))
            let id = try checks(daemon)["id"]
            #expect(id?["ok"] == false)
            #expect(id?["advice"].text?.contains("cn=sysaccounts,cn=etc") == true)
        }
    }
}
