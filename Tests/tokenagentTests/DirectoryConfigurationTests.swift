import Testing

@testable import tokenagent

@Suite struct DirectoryConfigurationTests {
    @Test func `every key of a directory changes what it names`() throws {
        let yaml = directoryYAML(
            "name: a.b_C-1", "url: [ldap://one:390/, 'ldap://[::1]']", "start_tls: true", "ca_file: /ca.pem",
            "allow_cleartext: true", "bind: external", "cert_file: /c.pem", "key_file: /k.pem",
            "filter: (&(objectClass=user)(!(cn=\\28x\\29)))", "id: objectGUID", "login: sAMAccountName",
            "email: userPrincipalName", "display_name: displayName",
            "disabled: {attribute: nsAccountLock, value: TRUE}", "canary: 10001", "enumerate: false",
            "sync: {full_interval: 1h, changes_interval: 1s, persist: false, deadline: 10s, page_size: 100}",
            "guard: {removals_max: 0, removals_percent_max: 1, drop_percent_max: 2}")
        var expected = DirectoryConfiguration(
            name: "a.b_C-1",
            urls: [
                .init(scheme: .ldap, text: "ldap://one:390/"), .init(scheme: .ldap, text: "ldap://[::1]"),
            ])
        expected.startTLS = true
        expected.caFile = "/ca.pem"
        expected.allowCleartext = true
        expected.bind = .external(certFile: "/c.pem", keyFile: "/k.pem")
        expected.base = "dc=example,dc=org"
        expected.filter = "(&(objectClass=user)(!(cn=\\28x\\29)))"
        expected.id = "objectGUID"
        expected.login = "sAMAccountName"
        expected.email = "userPrincipalName"
        expected.displayName = "displayName"
        expected.disabled = .attribute(name: "nsAccountLock", value: "TRUE")
        expected.canary = "10001"
        expected.enumerate = false
        expected.sync = .init(
            fullInterval: .seconds(3600), changesInterval: .seconds(1), persist: .never,
            deadline: .seconds(10),
            pageSize: 100)
        expected.guard = .init(removalsMax: 0, removalsPercentMax: 1, dropPercentMax: 2)
        #expect(try parse(yaml).directories == [expected])
    }

    @Test func `without a bind DN the bind is anonymous, with one it is simple`() throws {
        #expect(try parse(directoryYAML()).directories.first?.bind == .anonymous)
        let named = try parse(directoryYAML("bind_dn: cn=x", "bind_password_file: /p"))
        #expect(named.directories.first?.bind == .simple(dn: "cn=x", passwordFile: "/p"))
    }

    @Test(arguments: ["reader@example.org", "EXAMPLE\\reader", "cn=a\\,b,dc=x", "cn=\"a,b\",dc=x"])
    func `a bind name is a DN, or what Active Directory takes for one`(name: String) throws {
        let yaml = directoryYAML("bind_dn: '\(name)'", "bind_password_file: /p")
        #expect(try parse(yaml).directories.first?.bind == .simple(dn: name, passwordFile: "/p"))
    }

    @Test func `a file needs neither base nor bind`() throws {
        let configuration = try parse(directoryYAML("url: file:///srv/people%20here.ldif", without: "base"))
        let directory = try #require(configuration.directories.first)
        #expect(directory.urls.map(\.path) == ["/srv/people here.ldif"])
        #expect(directory.isFile)
        #expect(directory.base == nil)
    }

    @Test func `over ldapi the peer is enough, and a password is safe`() throws {
        let external = try parse(directoryYAML("url: ldapi:///", "bind: external"))
        #expect(external.directories.first?.bind == .external(certFile: nil, keyFile: nil))
        let simple = directoryYAML("url: ldapi://%2Frun%2Fldapi", "bind_dn: cn=x", "bind_password_file: /p")
        #expect(problem(simple) == "")
    }

    @Test(arguments: ["start_tls: true", "allow_cleartext: true"])
    func `a password over ldap goes with TLS, or with consent`(consent: String) {
        let lines = ["url: ldap://h", "bind_dn: cn=x", "bind_password_file: /p"]
        let refused = directoryYAML(lines[0], lines[1], lines[2])
        #expect(
            problem(refused).hasPrefix("5: directories[0].url: the bind password would travel in the clear"))
        #expect(problem(directoryYAML(lines[0], lines[1], lines[2], consent)) == "")
    }

    @Test(arguments: [
        ("name: service", "name: expected another name: \"service\" is the source"),
        ("name: a b", "name: expected up to 64 of the characters"),
        ("name: ''", "name: expected a string that is"),
        ("url: http://h", "url: expected a URL with ldap://"),
        ("url: ldap.example.org", "url: expected a URL"),
        ("url: ldaps://u:secret@h", "url: expected a host and perhaps a port"),
        ("url: ldaps://h/dc=x", "url: expected a host"), ("url: ldaps://h:0", "url: expected a host"),
        ("url: ldaps://", "url: expected a host"), ("url: []", "url: expected at least one URL"),
        ("url: [ldaps://h, 1]", "url[1]: expected a string, not a number"),
        ("url: file://people.ldif", "url: expected file:///"),
        ("url: ldapi://run", "url: expected ldapi:///"),
        ("url: [file:///a, ldaps://h]", "url: expected one file:// URL, or only servers"),
        ("start_tls: true", "start_tls: is for ldap:// only, and not for ldaps://"),
        ("start_tls: maybe", "start_tls: expected true or false, not a string"),
        ("ca_file: ca.pem", "ca_file: expected an absolute path"),
        ("bind: sasl", "bind: expected simple, external or anonymous"),
        ("bind: external", "bind: external over TLS needs cert_file and key_file"),
        ("bind_dn: cn=x", "bind_password_file: is missing"),
        ("bind_password_file: /p", "bind_dn: is missing"),
        ("bind_password: hunter2", "bind_password: secrets are only named by file: use bind_password_file"),
        ("password: hunter2", "password: secrets are only named by file: use bind_password_file"),
        ("base: people", "base: expected a DN"), ("base: null", "base: is missing"),
        ("base: 'ou=a,'", "base: expected a DN"), ("base: 'ou=a\\'", "base: expected a DN"),
        ("base: 'ou=\"a'", "base: expected a DN"),
        ("filter: uid=*", "filter: expected a filter, such as (objectClass=inetOrgPerson), in parentheses"),
        ("filter: (&(a=b)(c=d)", "filter: expected a filter"),
        ("filter: (a=b))", "filter: expected a filter"),
        ("filter: (a=b)(c=d)", "filter: expected a filter"),
        ("filter: (person)", "filter: expected a filter"),
        ("filter: '(a=\\zz)'", "filter: expected a filter"), ("filter: ()", "filter: expected a filter"),
        ("id: entry UUID", "id: expected the name of an attribute"),
        ("login: [uid]", "login: expected a string, not a l"),
        ("disabled: never", "disabled: expected auto, or a mapping with attribute and value"),
        ("disabled: {attribute: x}", "disabled.value: is missing"),
        ("canary: [a]", "canary: expected a string, not a list"),
        ("enumerate: 1", "enumerate: expected true or false"),
        ("sync: {persist: often}", "sync.persist: expected auto, true or false"),
        ("sync: {full_interval: 10}", "sync.full_interval: expected a duration such as 500ms"),
        ("sync: {full_interval: 0s}", "sync.full_interval: expected a duration from 1s to 30d, not 0s"),
        (
            "sync: {full_interval: 1m, changes_interval: 2m}",
            "sync.changes_interval: expected at most full_interval"
        ),
        ("sync: {page_size: 0}", "sync.page_size: expected a whole number from 1 to 100000, not 0"),
        ("guard: {removals_max: -1}", "guard.removals_max: expected a whole number from 0 to 1000, not -1"),
        (
            "guard: {removals_percent_max: 100}",
            "guard.removals_percent_max: expected a whole number from 0 to 50"
        ),
        ("guard: {drop_percent_max: 100}", "guard.drop_percent_max: expected a whole number from 0 to 90"),
        ("guard: {removal_max: 3}", "guard.removal_max: is not a known key; did you mean \"removals_max\"?"),
        ("guard: [3]", "guard: expected a mapping, not a list"),
    ])
    func `what is wrong with a directory is said with its key and line`(line: String, expected: String) throws
    {
        let yaml = directoryYAML(line)
        let found = problems(yaml)
        let first = try #require(found.first)
        let said = "\(first.key ?? ""): \(first.message)"
        #expect(said.hasPrefix("directories[0].\(expected)"))
        #expect(found.count == 1)
        // The spoilt line comes last; a key that is not there is placed where its section begins.
        let spoilt = yaml.split(separator: "\n").count
        let isThere = line.contains(expected.prefix { $0 != ":" && $0 != "." && $0 != "[" })
        #expect(first.line == (isThere ? spoilt : 3))
        #expect(!said.contains("hunter2"))
        #expect(!said.contains("secret@"))
    }

    @Test(arguments: ["bind_dn: cn=x", "start_tls: true", "ca_file: /ca", "bind: simple"])
    func `a file has no use for what is about servers`(line: String) throws {
        let found = problems(directoryYAML("url: file:///p", line, without: "base"))
        #expect(found.contains { $0.message == "is for servers; a file:// source has no use for it" })
    }

    @Test(arguments: ["bind: anonymous", "bind: external"])
    func `a name with a bind that has no use for it is refused`(bind: String) {
        let yaml = directoryYAML("url: ldapi:///", bind, "bind_dn: cn=x")
        #expect(problem(yaml).hasPrefix("7: directories[0].bind_dn: is of no use with \(bind)"))
    }

    @Test func `half of a bind is refused, and half of a certificate`() {
        let keys = { (yaml: String) in problems(yaml).map { $0.key?.dropFirst("directories[0].".count) } }
        #expect(keys(directoryYAML("bind_dn: ''", "bind_password_file: /p")) == ["bind_dn"])
        #expect(keys(directoryYAML("bind: simple")) == ["bind_dn", "bind_password_file"])
        #expect(keys(directoryYAML("bind: external", "cert_file: /c")) == ["cert_file"])
        #expect(keys(directoryYAML("bind: external", "key_file: /k")).contains("key_file"))
    }

    @Test func `external over plain ldap is refused`() {
        let yaml = directoryYAML("url: ldap://h", "bind: external", "cert_file: /c", "key_file: /k")
        #expect(problem(yaml) == "6: directories[0].bind: external needs ldapi://, ldaps:// or start_tls")
    }

    @Test func `two directories of one name are refused, whatever their capitals`() {
        let yaml = """
            directories:
              - {name: corp, url: "file:///a"}
              - {name: Corp, url: "file:///b"}
            """
        let expected = "3: directories[1].name: expected a name of its own: directories[0] has it already"
        #expect(problem(yaml) == expected)
    }

    @Test func `a directory needs a name and a URL`() {
        #expect(
            problem("directories:\n  - {base: dc=x}")
                == "2: directories[0].name: is missing | 2: directories[0].url: is missing")
    }
}
