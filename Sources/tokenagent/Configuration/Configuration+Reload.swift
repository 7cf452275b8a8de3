extension Configuration {
    /// Which keys differ, in the order of the file, and whether each can be taken without a restart. Pure.
    func changes(to new: Configuration) -> [ConfigurationChange] {
        Self.reloadRules.compactMap { rule in
            rule.differs(self, new) ? ConfigurationChange(key: rule.key, reloadable: rule.reloadable) : nil
        } + directoryChanges(to: new)
    }

    /// This configuration with everything reloadable taken from a new one: what is in force after a reload.
    func reloaded(from new: Configuration) -> Configuration {
        var result = self
        result.access = new.access
        result.tokens = new.tokens
        result.purge = new.purge
        result.limits.tokensPerOwner = new.limits.tokensPerOwner
        result.log.level = new.log.level
        return result
    }

    /// Directories are compared by position, because that is how refusals name them, and their order matters:
    /// it is the order in which they are asked for a login.
    private func directoryChanges(to new: Configuration) -> [ConfigurationChange] {
        let count = max(directories.count, new.directories.count)
        return (0..<count).compactMap { index in
            let old = index < directories.count ? directories[index] : nil
            let new = index < new.directories.count ? new.directories[index] : nil
            return old == new ? nil : ConfigurationChange(key: "directories[\(index)]", reloadable: false)
        }
    }

    private struct ReloadRule: Sendable {
        var key: String
        var reloadable: Bool
        var differs: @Sendable (Configuration, Configuration) -> Bool

        init<Value: Equatable & SendableMetatype>(
            _ key: String, reloadable: Bool = false, _ value: @escaping @Sendable (Configuration) -> Value
        ) {
            self.key = key
            self.reloadable = reloadable
            differs = { value($0) != value($1) }
        }
    }

    private static let reloadRules: [ReloadRule] = [
        .init("socket.path") { $0.socket.path },
        .init("socket.mode") { $0.socket.mode },
        .init("socket.group") { $0.socket.group },
        .init("storage.path") { $0.storage.path },
        .init("storage.seal_key_file") { $0.storage.sealKeyFile },
        .init("http") { $0.http },
        .init("access", reloadable: true) { $0.access },
        .init("tokens.default_expiry", reloadable: true) { $0.tokens.defaultExpiry },
        .init("tokens.max_expiry", reloadable: true) { $0.tokens.maxExpiry },
        .init("purge.auto", reloadable: true) { $0.purge.auto },
        .init("purge.grace", reloadable: true) { $0.purge.grace },
        .init("purge.tombstone", reloadable: true) { $0.purge.tombstone },
        .init("purge.expired_after", reloadable: true) { $0.purge.expiredAfter },
        .init("limits.tokens_per_owner", reloadable: true) { $0.limits.tokensPerOwner },
        .init("limits.connections") { $0.limits.connections },
        .init("limits.connections_per_uid") { $0.limits.connectionsPerUID },
        .init("limits.line_bytes") { $0.limits.lineBytes },
        .init("limits.in_flight") { $0.limits.inFlight },
        .init("limits.creates_per_second") { $0.limits.createsPerSecond },
        .init("log.level", reloadable: true) { $0.log.level },
        .init("log.format") { $0.log.format },
    ]
}
