import Testing

@testable import tokenagent

@Suite struct ConfigurationReloadTests {
    @Test func `the same configuration has no changes`() throws {
        #expect(try parse(documentedYAML).changes(to: parse(documentedYAML)).isEmpty)
    }

    @Test(arguments: [
        ("socket: {path: /s}", "socket.path", false), ("socket: {mode: '0600'}", "socket.mode", false),
        ("socket: {group: null}", "socket.group", false), ("storage: {path: /d}", "storage.path", false),
        ("storage: {seal_key_file: /k}", "storage.seal_key_file", false),
        ("access: [{role: admin, users: [0]}]", "access", true),
        ("tokens: {default_expiry: 1d}", "tokens.default_expiry", true),
        ("tokens: {max_expiry: 1d}", "tokens.max_expiry", true), ("purge: {auto: false}", "purge.auto", true),
        ("purge: {grace: 1h}", "purge.grace", true), ("purge: {tombstone: 1h}", "purge.tombstone", true),
        ("purge: {expired_after: 1h}", "purge.expired_after", true),
        ("limits: {tokens_per_owner: 1}", "limits.tokens_per_owner", true),
        ("limits: {connections: 500}", "limits.connections", false),
        ("limits: {connections_per_uid: 1}", "limits.connections_per_uid", false),
        ("limits: {line_bytes: 5000}", "limits.line_bytes", false),
        ("limits: {creates_per_second: 1}", "limits.creates_per_second", false),
        ("limits: {in_flight: 1}", "limits.in_flight", false), ("log: {level: debug}", "log.level", true),
        ("log: {format: json}", "log.format", false),
        ("directories: [{name: a, url: 'file:///a'}]", "directories[0]", false),
    ])
    func `each key is named, and whether it can be reloaded`(
        yaml: String, key: String, reloadable: Bool
    ) throws {
        let old = Configuration()
        let new = try parse(yaml)
        #expect(old.changes(to: new) == [.init(key: key, reloadable: reloadable)])
        #expect((old.reloaded(from: new) == new) == reloadable)
        #expect((old.reloaded(from: new) == old) == !reloadable)
    }

    @Test func `the directory that changed is named`() throws {
        var new = try parse(documentedYAML)
        var second = try #require(new.directories.first)
        second.name = "lab"
        new.directories.append(second)
        var newer = new
        newer.directories[1].filter = "(a=b)"
        #expect(new.changes(to: newer).map(\.key) == ["directories[1]"])
        newer.directories.removeLast()
        #expect(new.changes(to: newer).map(\.key) == ["directories[1]"])
    }

    /// A key that is added and forgotten in the comparison would change without anybody being told.
    @Test func `every leaf of a configuration is compared`() {
        let sections = Mirror(reflecting: Configuration()).children
        let whole = ["directories", "access", "http"]
        let leaves = sections.filter { !whole.contains($0.label ?? "") }
            .map { Mirror(reflecting: $0.value).children.count }.reduce(0, +)
        // 20 rules, two of which are access and http.
        #expect(leaves == 19)
        #expect(sections.count == 9)
    }
}
