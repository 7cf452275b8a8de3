import AgentCore
import Glibc
import TokenCore

extension Configuration {
    /// What the agent is told. Local accounts become numbers here; a rule grants nothing to one that this
    /// machine does not have, and that is to be told: an account that is deleted must not keep the daemon
    /// from serving everybody else.
    func agentSettings() -> (settings: AgentSettings, unknown: [UnknownAccount]) {
        var unknown: [UnknownAccount] = []
        let rules = access.enumerated().map { index, rule in
            rule.resolved(key: "access[\(index)]", unknown: &unknown)
        }
        let settings = AgentSettings(
            access: Access(rules: rules),
            tokens: TokenRules(
                defaultExpiry: tokens.defaultExpiry.map(TimeSpan.init),
                maxExpiry: tokens.maxExpiry.map(TimeSpan.init),
                perOwnerMax: limits.tokensPerOwner),
            purge: PurgeRules(
                auto: purge.auto, grace: TimeSpan(purge.grace), tombstone: TimeSpan(purge.tombstone),
                expiredAfter: TimeSpan(purge.expiredAfter)))
        return (settings, unknown)
    }
}

extension TimeSpan {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(milliseconds: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

extension AccessRule {
    func resolved(key: String, unknown: inout [UnknownAccount]) -> Access.Rule {
        var uids: Set<UInt32> = []
        for (index, user) in users.enumerated() {
            switch user {
            case .anyone: break
            case .daemon: uids.insert(getuid())
            case .account(let account):
                do { uids.insert(try account.uid(key: "\(key).users[\(index)]")) } catch {
                    unknown.append(error)
                }
            }
        }
        var gids: Set<UInt32> = []
        for (index, group) in groups.enumerated() {
            do { gids.insert(try group.gid(key: "\(key).groups[\(index)]")) } catch { unknown.append(error) }
        }
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
    func uid(key: String) throws(UnknownAccount) -> UInt32 {
        switch self {
        case .number(let number): return number
        case .name(let name):
            errno = 0
            guard let entry = getpwnam(name) else {
                throw UnknownAccount(key: key, kind: .user, name: name, code: errno)
            }
            return entry.pointee.pw_uid
        }
    }

    func gid(key: String) throws(UnknownAccount) -> UInt32 {
        switch self {
        case .number(let number): return number
        case .name(let name):
            errno = 0
            guard let entry = getgrnam(name) else {
                throw UnknownAccount(key: key, kind: .group, name: name, code: errno)
            }
            return entry.pointee.gr_gid
        }
    }
}
