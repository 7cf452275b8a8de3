import AgentCore
import Glibc
import TokenCore

extension Configuration {
    /// What the agent is told; local accounts become numbers here, and those that do not exist are refused.
    func agentSettings() throws(StartFailure) -> AgentSettings {
        AgentSettings(
            access: try resolvedAccess(),
            tokens: TokenRules(
                defaultExpiry: tokens.defaultExpiry.map(TimeSpan.init),
                maxExpiry: tokens.maxExpiry.map(TimeSpan.init),
                perOwnerMax: limits.tokensPerOwner),
            purge: PurgeRules(
                auto: purge.auto, grace: TimeSpan(purge.grace), tombstone: TimeSpan(purge.tombstone),
                expiredAfter: TimeSpan(purge.expiredAfter)))
    }

    private func resolvedAccess() throws(StartFailure) -> Access {
        var rules: [Access.Rule] = []
        for (index, rule) in access.enumerated() { rules.append(try rule.resolved(key: "access[\(index)]")) }
        return Access(rules: rules)
    }
}

extension TimeSpan {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(milliseconds: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

extension AccessRule {
    func resolved(key: String) throws(StartFailure) -> Access.Rule {
        var uids: Set<UInt32> = []
        for user in users {
            switch user {
            case .anyone: break
            case .daemon: uids.insert(getuid())
            case .account(let account): uids.insert(try account.uid(key: "\(key).users"))
            }
        }
        var gids: Set<UInt32> = []
        for group in groups { gids.insert(try group.gid(key: "\(key).groups")) }
        return Access.Rule(
            role: AgentCore.Role(role), everyone: users.contains(.anyone), uids: uids, gids: gids,
            logins: logins.map { Access.Login($0.login, of: $0.source) },
            directoryFilter: directoryFilter)
    }
}

extension AgentCore.Role {
    init(_ role: AccessRule.Role) {
        switch role {
        case .admin: self = .admin
        case .verifier: self = .verifier
        case .own: self = .self
        }
    }
}

extension LocalAccount {
    func uid(key: String) throws(StartFailure) -> UInt32 {
        switch self {
        case .number(let number): return number
        case .name(let name):
            guard let entry = getpwnam(name) else {
                throw StartFailure(configuration: "\(key): this machine has no user “\(name)”")
            }
            return entry.pointee.pw_uid
        }
    }

    func gid(key: String) throws(StartFailure) -> UInt32 {
        switch self {
        case .number(let number): return number
        case .name(let name):
            guard let entry = getgrnam(name) else {
                throw StartFailure(
                    configuration: "\(key): this machine has no group “\(name)”; create it with groupadd")
            }
            return entry.pointee.gr_gid
        }
    }
}
