import AgentCore
import Testing

@testable import tokenagent

@Suite struct UnknownAccountTests {
    private func settings(_ rule: String) throws -> (settings: AgentSettings, unknown: [UnknownAccount]) {
        try parse("access: [{\(rule)}]").agentSettings()
    }

    @Test(arguments: [
        "role: admin, users: [no-such-user]", "role: admin, groups: [no-such-group]",
        "role: admin, users: [no-such-user, no-such-user], groups: [no-such-group]",
        "role: self, users: [no-such-user]",
    ]) func `a rule for nobody but unknown accounts grants nobody anything`(rule: String) throws {
        let access = try settings(rule).settings.access
        for id: UInt32 in [0, 1, 1000, 65534, .max] {
            #expect(access.roles(of: Peer(uid: id, gid: id, groups: [id], pid: 1)).isEmpty)
        }
    }

    @Test func `those of the same rule who are known keep their role, and the others are named`() throws {
        let (settings, unknown) = try settings(
            "role: admin, users: [root, no-such-user, 7], groups: [a-group]")
        #expect(settings.access.rules.map(\.uids) == [[0, 7]])
        #expect(settings.access.rules.map(\.everyone) == [false])
        #expect(
            unknown.map(\.description) == [
                "access[0].users[1]: this machine has no user “no-such-user”",
                "access[0].groups[0]: this machine has no group “a-group”",
            ])
    }

    @Test func `what the look-up failed for is said, and is not that there is none`() {
        let account = UnknownAccount(key: "access[0].users[0]", kind: .user, name: "a", code: 5)
        #expect(
            account.description
                == "access[0].users[0]: the user “a” cannot be looked up: Input/output error")
    }
}
