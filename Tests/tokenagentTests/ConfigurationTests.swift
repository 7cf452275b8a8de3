import Foundation
import Testing

@testable import tokenagent

@Suite struct ConfigurationTests {
    @Test(arguments: ["{}", "# nothing\n{}\n", "socket:\nlog:\naccess:\ndirectories:\n"])
    func `a file that sets nothing is all defaults`(yaml: String) throws {
        #expect(try parse(yaml) == Configuration())
    }

    @Test func `the defaults are those of the documentation`() throws {
        var documented = try parse(documentedYAML)
        let corp = try #require(documented.directories.first)
        documented.directories = []
        documented.access = AccessRule.defaults
        #expect(documented == Configuration())
        let least = try parse(
            directoryYAML(
                "url: ldaps://ldap1.example.org", "base: ou=people,dc=example,dc=org",
                "bind_dn: cn=reader,dc=example,dc=org", "bind_password_file: /etc/tokenagent/corp.password"))
        #expect(least.directories == [corp])
    }

    @Test func `the defaults, one by one`() {
        let configuration = Configuration()
        #expect(configuration.socket.path == "/run/tokenagent/tokenagent.sock")
        #expect(configuration.socket.mode == 0o660)
        #expect(configuration.socket.group == .name("tokenagent-clients"))
        #expect(configuration.storage.path == "/var/lib/tokenagent/tokenagent.sqlite")
        #expect(configuration.storage.sealKeyFile == nil)
        #expect(configuration.directories.isEmpty)
        #expect(configuration.tokens == TokensConfiguration(defaultExpiry: nil, maxExpiry: nil))
        #expect(configuration.purge.auto)
        #expect(configuration.purge.grace == Duration(text: "24h"))
        #expect(configuration.purge.tombstone == Duration(text: "30d"))
        #expect(configuration.purge.expiredAfter == Duration(text: "30d"))
        #expect(configuration.limits.tokensPerOwner == 50)
        #expect(configuration.limits.connections == 1024)
        #expect(configuration.limits.connectionsPerUID == 128)
        #expect(configuration.limits.lineBytes == 65_536)
        #expect(configuration.limits.inFlight == 256)
        #expect(configuration.limits.createsPerSecond == 50)
        #expect(configuration.log == LogConfiguration(level: .info, format: .text))
    }

    @Test
    func `without access rules, root and the daemon's user are admin and everyone verifies and has self`() {
        #expect(
            Configuration().access == [
                AccessRule(role: .admin, users: [.account(.number(0)), .daemon]),
                AccessRule(role: .verifier, users: [.anyone]),
                AccessRule(role: .own, users: [.anyone]),
            ])
    }

    @Test func `every key outside directories changes what it names`() throws {
        let configuration = try parse(
            """
            socket: {path: /tmp/s, mode: "600", group: 12}
            storage: {path: /tmp/d, seal_key_file: /tmp/k}
            access:
              - {role: admin, users: [0, "1000", alice], groups: [wheel, 27], logins: [bob]}
              - {role: verifier, users: ["*"]}
            tokens: {default_expiry: 30d, max_expiry: 365d}
            purge: {auto: false, grace: 0s, tombstone: 1h, expired_after: 2h}
            limits:
              tokens_per_owner: 1
              connections: 20
              connections_per_uid: 3
              line_bytes: 4096
              in_flight: 5
              creates_per_second: 6
            log: {level: debug, format: json}
            directories: [{name: c, url: "file:///p.ldif"}]
            """)
        #expect(configuration.socket == .init(path: "/tmp/s", mode: 0o600, group: .number(12)))
        #expect(configuration.storage == .init(path: "/tmp/d", sealKeyFile: "/tmp/k"))
        let users: [AccessRule.User] = [
            .account(.number(0)), .account(.number(1000)), .account(.name("alice")),
        ]
        let admin = AccessRule(
            role: .admin, users: users, groups: [.name("wheel"), .number(27)], logins: [.init(login: "bob")])
        #expect(configuration.access == [admin, AccessRule(role: .verifier, users: [.anyone])])
        #expect(configuration.tokens.defaultExpiry == .seconds(30 * 86_400))
        #expect(configuration.tokens.maxExpiry == .seconds(365 * 86_400))
        let purge = PurgeConfiguration(
            auto: false, grace: .zero, tombstone: .seconds(3600), expiredAfter: .seconds(7200))
        #expect(configuration.purge == purge)
        let limits = LimitsConfiguration(
            tokensPerOwner: 1, connections: 20, connectionsPerUID: 3, lineBytes: 4096, inFlight: 5,
            createsPerSecond: 6)
        #expect(configuration.limits == limits)
        #expect(configuration.log == .init(level: .debug, format: .json))
    }

    @Test func `JSON is YAML`() throws {
        let json = """
            {"socket": {"path": "/tmp/s", "mode": "0600", "group": null}, "log": {"level": "error"},
             "purge": {"auto": false, "grace": "0s"},
             "directories": [{"name": "c", "url": ["ldap://a", "ldap://b:390"], "start_tls": true,
              "base": "dc=x"}]}
            """
        let configuration = try parse(json)
        #expect(configuration.socket == .init(path: "/tmp/s", mode: 0o600, group: nil))
        #expect(configuration.log.level == .error)
        #expect(!configuration.purge.auto)
        #expect(configuration.directories.first?.urls.map(\.text) == ["ldap://a", "ldap://b:390"])
        #expect(problem(#"{"log": {"level": 1}}"#).hasPrefix("1: log.level: expected trace"))
    }
}

@Suite struct InstalledSampleTests {
    @Test func `the sample that is installed loads, and is the default`() throws {
        var configuration = try Configuration.load(path: sampleURL.path)
        // The sample names the packaged user, where the default means whoever the daemon runs as.
        let admin = AccessRule(
            role: .admin, users: [.account(.name("root")), .account(.name("tokenagent"))],
            groups: [.name("tokenagent-admins")])
        #expect(configuration.access == [admin] + AccessRule.defaults.dropFirst())
        configuration.access = AccessRule.defaults
        #expect(configuration == Configuration())
    }

    @Test func `what is commented out in the sample is the documented directory`() throws {
        let sample = try String(contentsOf: sampleURL, encoding: .utf8)
        let withoutBridge = sample.replacing(/#http:\n(#  .*\n)+/, with: "")
        let uncommented = withoutBridge.replacing(/(?m)^#(?=\S|  )/, with: "")
        #expect(uncommented != sample)
        #expect(try parse(uncommented).directories == parse(documentedYAML).directories)
    }

    @Test func `the bridge's sample, its unit, the proxy's and the folders name the same places`() throws {
        let sample = try Configuration.load(path: installed.appending(path: "bridge.yaml").path)
        #expect(sample.socket.path == Configuration().socket.path)
        let http = try #require(sample.http)
        let listen = try #require(http.socketPath)
        let commented = try String(contentsOf: sampleURL, encoding: .utf8)
        #expect(commented.contains("#  listen: \(http.listen) "))
        let nginx = try String(
            contentsOf: installed.appending(path: "nginx/tokenagent.conf"), encoding: .utf8)
        #expect(nginx.contains("    server \(http.listen);"))
        let bridge = try unit("tokenagent-bridge.service")
        let folder = "tokenagent-http"
        #expect(listen.hasPrefix("/run/\(folder)/"))
        #expect(bridge.contains("RuntimeDirectory=\(folder)"))
        #expect(bridge.contains("RuntimeDirectoryMode=0750"))
        #expect(http.stateFile == "/var/lib/tokenagent-bridge/http.json")
        #expect(bridge.contains("StateDirectory=tokenagent-bridge"))
        #expect(bridge.contains("InaccessiblePaths=-/var/lib/tokenagent"))
        // Whoever may come near it may not ask the agent for that.
        #expect(bridge.contains("Group=\(folder)"))
        #expect(bridge.contains("SupplementaryGroups=tokenagent-clients"))
        let folders = try lines("tmpfiles.d/tokenagent.conf")
        #expect(folders.contains("d /run/\(folder) 0750 tokenagent \(folder) -"))
        #expect(try unit("tokenagent.service").contains("ReadWritePaths=-/run/\(folder)"))
        #expect(try lines("sysusers.d/tokenagent.conf").contains { $0.hasPrefix("g \(folder) ") })
    }

    @Test func `the units say the same as the defaults`() throws {
        let socket = try unit("tokenagent.socket")
        let defaults = Configuration().socket
        #expect(socket.contains("ListenStream=\(defaults.path)"))
        #expect(socket.contains("SocketMode=0\(String(defaults.mode, radix: 8))"))
        #expect(defaults.group.map { "\($0)" } == "name(\"tokenagent-clients\")")
        #expect(socket.contains("SocketGroup=tokenagent-clients"))
        #expect(try unit("tokenagent.service").contains { $0.hasSuffix(Configuration.systemFile) })
    }

    /// With it every peer would be uid 65534 to the daemon, and be refused.
    @Test(arguments: ["tokenagent.service", "tokenagent-purge.service"])
    func `no unit hides its users`(name: String) throws {
        let settings = try unit(name).filter { $0.hasPrefix("PrivateUsers") || $0.hasPrefix("DynamicUser") }
        #expect(settings.isEmpty)
    }

    private func unit(_ name: String) throws -> [Substring] { try lines("systemd/\(name)") }

    private func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: installed.appending(path: name), encoding: .utf8).split(separator: "\n")
    }

    private var sampleURL: URL { installed.appending(path: "tokenagent.yaml") }

    private var installed: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "etc")
    }
}
