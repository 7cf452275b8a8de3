import Testing
import TokenCore

@testable import LDAPDirectory

@Suite("settings")
struct SettingsTests {
    private let settings = LDAPSettings(name: "a", urls: ["ldap://x"], base: "dc=org", filter: "(uid=*)")

    @Test("have another fingerprint if they decide differently who is read, and only then")
    func fingerprint() {
        func changed(_ change: (inout LDAPSettings) -> Void) -> Bool {
            var other = settings
            change(&other)
            return other.fingerprint != settings.fingerprint
        }
        #expect(changed { $0.urls = ["ldap://y"] })
        #expect(changed { $0.urls = ["ldap://x", "ldap://y"] })
        #expect(changed { $0.base = "dc=com" })
        #expect(changed { $0.filter = "(uid=a)" })
        #expect(changed { $0.attributes.id = "uid" })
        #expect(changed { $0.bind = .simple(dn: "cn=a", passwordFile: "/a") })
        #expect(changed { $0.disabled = .attribute(name: "a", value: "b") })
        #expect(!changed { $0.pageSize = 1 })
        #expect(!changed { $0.timing.deadline = .seconds(1) })
        #expect(!changed { $0.attributes.displayName = "x" })
    }

    @Test("know a file's URL")
    func fileURL() {
        #expect(LDIFSettings.path(ofURL: "file:///etc/my%20people.ldif") == "/etc/my people.ldif")
        #expect(LDIFSettings.path(ofURL: "ldap://x") == nil)
    }

    @Test("a server's naming context is the innermost that holds the base")
    func namingContext() {
        var profile = ServerProfile()
        profile.namingContexts = ["dc=org", "DC=example,DC=org", "dc=other", "cn=config"]
        #expect(profile.context(of: "ou=people,dc=example,dc=org") == "DC=example,DC=org")
        #expect(profile.context(of: "dc=com") == "dc=com")
    }
}
