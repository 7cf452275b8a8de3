import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// A site's own word for who is disabled.
    @Suite struct DisabledAttributeTests {
        @Test func `a configured attribute says who is disabled`() throws {
            let slapd = try Slapd(Slapd.person("alice") + Slapd.person("bob"))
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [
                    slapd.directory("corp", "disabled: {attribute: employeeType, value: inactive}")
                ]))
            let token = try daemon.create("alice")
            let other = try daemon.create("bob")
            for (value, verdict) in [("Inactive", "suspended"), ("active", "active")] {
                try slapd.replace("employeeType", value, of: "alice")
                _ = try daemon.sync()
                #expect(try daemon.verdict(token) == verdict)
                #expect(try daemon.verdict(other) == "active")
            }
        }

        @Test
        func `an account that ppolicy has locked for good is disabled, one locked out for a while is not`()
            throws
        {
            let slapd = try Slapd(
                Slapd.person("alice") + Slapd.person("bob"),
                options: .init(global: ["moduleload ppolicy"], database: ["overlay ppolicy"]))
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            let token = try daemon.create("alice")
            for (value, verdict) in [
                ("000001010000Z", "suspended"), (nil, "active"), ("20200101000000Z", "active"),
            ] {
                try slapd.replace("pwdAccountLockedTime", value, of: "alice")
                _ = try daemon.sync()
                #expect(try daemon.verdict(token) == verdict)
            }
        }
    }
}
