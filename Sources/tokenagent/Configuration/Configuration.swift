/// Everything an administrator decides. Values only: no account is resolved, no password file opened.
struct Configuration: Hashable, Sendable {
    var socket = SocketConfiguration()
    var storage = StorageConfiguration()
    /// nil: no bridge.
    var http: HTTPConfiguration?
    var directories: [DirectoryConfiguration] = []
    var access = AccessRule.defaults
    var tokens = TokensConfiguration()
    var purge = PurgeConfiguration()
    var limits = LimitsConfiguration()
    var log = LogConfiguration()
}

extension Configuration {
    init(reading document: YAMLSection) {
        socket = document.section("socket", default: socket, SocketConfiguration.init(reading:))
        storage = document.section("storage", default: storage, StorageConfiguration.init(reading:))
        http = document.section(ifGiven: "http") { HTTPConfiguration(reading: $0, agent: socket.path) }
        directories = document.sections("directories", DirectoryConfiguration.init(reading:)) ?? []
        refuseSharedNames(document)
        let sources = directories.map(\.name)
        let rules = document.sections("access") { section in
            let rule = AccessRule(reading: section)
            rule.check(section, sources: sources)
            return rule
        }
        if rules?.isEmpty == true, document.isEmptyList("access") {
            document.refuse("access", "gives no role to anybody; leave it out for the default")
        }
        access = rules ?? access
        tokens = document.section("tokens", default: tokens, TokensConfiguration.init(reading:))
        purge = document.section("purge", default: purge, PurgeConfiguration.init(reading:))
        limits = document.section("limits", default: limits, LimitsConfiguration.init(reading:))
        log = document.section("log", default: log, LogConfiguration.init(reading:))
    }

    /// Names are compared case-folded, as logins are: realms that differ in a capital only are too many.
    private func refuseSharedNames(_ document: YAMLSection) {
        var seen: [String: Int] = [:]
        for (index, directory) in directories.enumerated() where !directory.name.isEmpty {
            let folded = directory.name.lowercased()
            if let first = seen[folded] {
                let message = "expected a name of its own: directories[\(first)] has it already"
                document.refuse("directories", index: index, "name", message)
            }
            seen[folded] = seen[folded] ?? index
        }
    }
}
