import Foundation
import Testing

@testable import tokenagent

@Suite struct ConfigurationRefusalTests {
    @Test(arguments: [
        ("sockets: {}", "1: sockets: is not a known key; did you mean \"socket\"?"),
        ("zebra: 1", "1: zebra: is not a known key"),
        ("log: {leval: info}", "1: log.leval: is not a known key; did you mean \"level\"?"),
        ("log: {Level: info}", "1: log.Level: is not a known key; did you mean \"level\"?"),
        (
            "purge: {expired-after: 1d}",
            "1: purge.expired-after: is not a known key; did you mean \"expired_after\"?"
        ),
        ("purge: {garce: 1d}", "1: purge.garce: is not a known key; did you mean \"grace\"?"),
        ("{1: 2}", "1: 1: is not a known key"),
        ("? [a]\n: b", "1: -: expected a word as a key, not a list"),
        ("[a]", "1: -: expected a mapping of sections, not a list"),
        ("", "0: -: has no content; {} says that all defaults are meant"),
        ("\n# directories:\n", "0: -: has no content; {} says that all defaults are meant"),
        ("---\n...\n", "0: -: has no content; {} says that all defaults are meant"),
        ("null", "0: -: has no content; {} says that all defaults are meant"),
        ("hello", "1: -: expected a mapping of sections, not a string"),
        ("socket: /run/x", "1: socket: expected a mapping, not a string"),
        ("directories: {name: a}", "1: directories: expected a list of mappings, not a mapping"),
        ("directories: [corp]", "1: directories[0]: expected a mapping, not a string"),
        ("socket:\n  path: s.sock", "2: socket.path: expected an absolute path"),
        ("socket: {path: null}", "1: socket.path: expected a string, not null"),
        ("socket: {path: 7}", "1: socket.path: expected a string, not a number"),
        ("socket: {path: \"/a\\0b\"}", "1: socket.path: expected a string without control characters"),
        (
            "socket: {mode: 0660}",
            "1: socket.mode: expected an octal mode in quotes, such as \"0660\", not a number"
        ),
        ("socket: {mode: '0880'}", "1: socket.mode: expected an octal mode in quotes, such as \"0660\""),
        ("socket: {mode: '7777'}", "1: socket.mode: expected an octal mode in quotes, such as \"0660\""),
        ("socket: {mode: '+660'}", "1: socket.mode: expected an octal mode in quotes, such as \"0660\""),
        ("socket: {group: '*'}", "1: socket.group: expected the name or the number of an account"),
        ("storage: {seal_key_file: k}", "1: storage.seal_key_file: expected an absolute path"),
        (
            "storage: {path: /d, seal_key_file: /d}",
            "1: storage.seal_key_file: expected a file other than the database"
        ),
        ("tokens: {max_expiry: 0s}", "1: tokens.max_expiry: expected a duration from 1s to 36500d, not 0s"),
        (
            "tokens: {default_expiry: 2d, max_expiry: 1d}",
            "1: tokens.default_expiry: expected at most max_expiry, which is 1d"
        ),
        ("purge: {auto: maybe}", "1: purge.auto: expected true or false, not a string"),
        ("purge: {auto: 'true'}", "1: purge.auto: expected true or false, not a string"),
        ("purge: {grace: soon}", "1: purge.grace: expected a duration such as 500ms, 10s, 5m, 24h or 30d"),
        (
            "purge: {grace: 24}",
            "1: purge.grace: expected a duration such as 500ms, 10s, 5m, 24h or 30d, not a number"
        ),
        ("purge: {tombstone: 9999d}", "1: purge.tombstone: expected a duration from 0s to 3650d, not 9999d"),
        ("limits: {in_flight: 0}", "1: limits.in_flight: expected a whole number from 1 to 65536, not 0"),
        ("limits: {in_flight: 1.5}", "1: limits.in_flight: expected a whole number from 1 to 65536, not 1.5"),
        (
            "limits: {in_flight: 0256}",
            "1: limits.in_flight: expected a whole number from 1 to 65536, not 0256"
        ),
        (
            "limits: {in_flight: '9'}",
            "1: limits.in_flight: expected a whole number from 1 to 65536, not a string"
        ),
        ("limits: {in_flight: ~}", "1: limits.in_flight: expected a whole number from 1 to 65536, not null"),
        (
            "limits: {line_bytes: 100}",
            "1: limits.line_bytes: expected a whole number from 4096 to 16777216, not 100"
        ),
        (
            "limits: {connections: 10, connections_per_uid: 11}",
            "1: limits.connections_per_uid: expected at most connections, which is 10"
        ),
        (
            "log: {level: wraning}",
            "1: log.level: expected trace, debug, info, notice, warning, error or critical"
                + "; did you mean \"warning\"?"
        ),
        ("log: {format: [json]}", "1: log.format: expected text or json, not a list"),
    ])
    func `what is wrong is said with its key, its line and what was expected`(yaml: String, expected: String)
    {
        #expect(problem(yaml) == expected)
    }

    @Test(arguments: [
        ("access: []", "1: access: gives no role to anybody; leave it out for the default"),
        ("access: [{users: [root]}]", "1: access[0].role: is missing"),
        ("access: [{role: root, users: [a]}]", "1: access[0].role: expected admin, verifier or self"),
        (
            "access: [{role: self}]",
            "1: access[0].role: is given to nobody: name users, groups, logins or a directory_filter"
        ),
        ("access: [{role: self, users: root}]", "1: access[0].users: expected a list, not a string"),
        (
            "access: [{role: self, users: [a, -1]}]",
            "1: access[0].users[1]: expected the name or the number of an account"
        ),
        (
            "access: [{role: self, users: [4294967295]}]",
            "1: access[0].users[0]: expected a number from 0 to 4294967294"
        ),
        (
            "access: [{role: self, groups: ['*']}]",
            "1: access[0].groups[0]: expected the name or the number of an account"
        ),
        (
            "access: [{role: self, groups: [b], user: [a]}]",
            "1: access[0].user: is not a known key; did you mean \"users\"?"
        ),
        (
            "access: [{role: self, logins: [a]}]",
            "1: access[0].logins: are directory logins, and no directory is configured"
        ),
        (
            "access: [{role: self, directory_filter: (a=b)}]",
            "1: access[0].directory_filter: needs a directory, and none is configured"
        ),
    ])
    func `access rules are refused likewise`(yaml: String, expected: String) {
        #expect(problem(yaml).hasPrefix(expected))
    }

    @Test func `a login's source has to be a directory`() {
        let yaml = directoryYAML() + "access:\n  - {role: admin, logins: ['crop:alice', ':a']}\n"
        #expect(
            problem(yaml).split(separator: " | ") == [
                "7: access[0].logins[1]: expected a login, or source:login",
                "7: access[0].logins: \"crop\" is not the name of a directory; did you mean \"corp\"?",
            ])
        let good =
            directoryYAML()
            + "access:\n  - {role: admin, logins: ['corp:alice', bob], directory_filter: (a=b)}\n"
        let logins = [AccessRule.Login(source: "corp", login: "alice"), .init(login: "bob")]
        #expect((try? parse(good))?.access.first?.logins == logins)
    }

    @Test func `the bridge's keys are checked all the same`() {
        let yaml = "http:\n  listen: nowhere\n  apis: [query, soap]\n  tls: true\n"
        #expect(problems(yaml).map(\.key) == ["http.listen", "http.apis[1]", "http.tls"])
        for good in ["127.0.0.1:8070", "'[::1]:80'", "unix:/run/tokenagent/http.sock"] {
            #expect(problems("http: {listen: \(good)}").isEmpty)
        }
    }

    @Test func `a bridge that has nothing said of it listens by default, and null is none of both`() throws {
        #expect(try parse("http:\n").http == HTTPConfiguration())
        #expect(try parse("http: {}\n").http == HTTPConfiguration())
        #expect(try parse("log: {}\n").http == nil)
        for null in ["null", "~"] {
            #expect(problem("http: \(null)").hasPrefix("1: http: expected a mapping, not null"))
        }
    }

    @Test func `a bridge at the agent's own socket is refused, by whatever name`() {
        let words = "is the agent's own socket, or the lock of one of the two: listen elsewhere"
        for path in ["/run/a/s", "/run/a/s.lock", "/run//a/./s", "/run/b/../a/s"] {
            let yaml = "socket: {path: /run/a/s}\nhttp: {listen: 'unix:\(path)'}"
            #expect(problem(yaml) == "2: http.listen: \(path) \(words)")
        }
        let reverse = "socket: {path: /run/a/s.lock}\nhttp: {listen: 'unix:/run/a/s'}"
        #expect(problem(reverse).hasSuffix(words))
        #expect(problem("socket: {path: /run/a/s}\nhttp: {listen: 'unix:/run/a/http'}") == "")
    }

    @Test func `an address that others can reach has to be meant`() {
        #expect(problem("http: {listen: '0.0.0.0:80'}").hasPrefix("1: http.listen: 0.0.0.0 can be reached"))
        #expect(problem("http: {listen: '0.0.0.0:80', allow_remote: true}") == "")
    }

    @Test func `a socket's path may have 107 bytes and not one more`() {
        let path = "/" + String(repeating: "ü", count: 53)
        #expect(problem("socket: {path: \(path)}") == "")
        let message = "expected at most 107 bytes, which is all a socket's address holds; it has 108"
        #expect(problem("socket: {path: \(path)x}") == "1: socket.path: \(message)")
    }

    @Test func `all problems of a file are reported together, in the order of their lines`() {
        let yaml = """
            log:
              level: loud
              color: true
            socket: {path: here}
            directories:
              - url: ldaps://h
                base: people
                guard:
                  removals_max: many
            """
        let found = problems(yaml).map { "\($0.line ?? 0) \($0.key ?? "")" }
        #expect(
            found == [
                "2 log.level", "3 log.color", "4 socket.path", "6 directories[0].name",
                "7 directories[0].base",
                "9 directories[0].guard.removals_max",
            ])
    }

    @Test func `a key given twice is refused where it comes again, and the rest is still read`() {
        let yaml = """
            log: {level: loud}
            socket:
              "path": /a
              mode: "0600"
              path: /b
              path: /c
            log: {format: json}
            """
        #expect(
            problem(yaml).split(separator: " | ") == [
                "1: log.level: expected trace, debug, info, notice, warning, error or critical",
                "5: socket.path: is given more than once, first on line 3",
                "6: socket.path: is given more than once, first on line 3",
                "7: log: is given more than once, first on line 1",
            ])
    }

    @Test(arguments: ["\r\n", "\r", "\n"])
    func `a key given twice is found whatever ends the lines`(end: String) {
        let yaml = ["# ü", "log:", "  level: info", "  level: debug", ""].joined(separator: end)
        #expect(problem(yaml) == "4: log.level: is given more than once, first on line 3")
    }

    @Test(arguments: [
        ("log: {level: info", 1), ("a: b\n c: d", 2), ("log: *nobody", 1), ("a: 1\n---\nb: 2", 2),
        ("\tlog: 1", 1),
    ])
    func `what is not YAML is refused with its line`(yaml: String, line: Int) throws {
        let found = problems(yaml)
        #expect(found.first?.message.hasPrefix("is not YAML: ") == true)
        #expect(found.first?.key == nil)
        let said = try #require(found.first?.line)
        #expect(abs(said - line) <= 1)
    }

    @Test func `no refusal repeats a password that stands in the wrong place`() {
        let places = [
            "bind_password: hunter2", "bind_password_file: hunter2", "bind_dn: hunter2",
            "url: ldaps://x:hunter2@h",
            "bind: hunter2", "ca_file: hunter2", "base: hunter2", "filter: hunter2", "start_tls: hunter2",
            "sync: hunter2", "sync: {deadline: hunter2}", "password: [hunter2",
            "guard: {removals_max: hunter2}",
        ]
        for place in places {
            let found = problems(directoryYAML(place))
            #expect(!found.isEmpty, "\(place)")
            #expect(
                !ConfigurationError(file: "f", problems: found).description.contains("hunter2"), "\(place)")
        }
    }

    @Test func `a problem is one line that editors understand`() {
        let error = ConfigurationError(
            file: "/etc/t.yaml",
            problems: [
                .init(key: "log.level", line: 3, message: "m"), .init(key: nil, line: nil, message: "n"),
            ])
        #expect(error.description == "/etc/t.yaml: n\n/etc/t.yaml:3: log.level: m")
    }
}
