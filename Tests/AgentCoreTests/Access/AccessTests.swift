import AgentCore
import Testing
import TokenCore

struct AccessTests {
    private func peer(_ uid: UInt32, gid: UInt32 = 100, groups: Set<UInt32> = []) -> Peer {
        Peer(uid: uid, gid: gid, groups: groups, pid: 1)
    }

    private func record(
        _ login: String, source: String = "corp", memberships: [String] = []
    ) -> PersonRecord {
        let person = Person(id: OwnerID(source: source, id: "id"), login: login, dn: "")
        return PersonRecord(
            person: person, standing: .present, since: TestClock.start, memberships: memberships)
    }

    @Test func rolesComeFromUserPrimaryAndSupplementaryGroup() {
        let access = Access(rules: [
            Access.Rule(role: .admin, uids: [7]), Access.Rule(role: .verifier, gids: [20]),
            Access.Rule(role: .self, gids: [30]),
        ])
        #expect(access.roles(of: peer(7)) == [.admin])
        #expect(access.roles(of: peer(8)) == [])
        #expect(access.roles(of: peer(8, gid: 20)) == [.verifier])
        #expect(access.roles(of: peer(7, groups: [20, 30])) == [.admin, .verifier, .self])
        // A group's number is no user's.
        #expect(access.roles(of: peer(20)) == [])
    }

    @Test func everyoneIsWhoeverConnects() {
        let access = Access(rules: [Access.Rule(role: .verifier, everyone: true)])
        #expect(access.roles(of: peer(4711)) == [.verifier])
        #expect(Access(rules: []).roles(of: peer(0)) == [])
    }

    @Test func aPersonHasTheRolesOfTheirLogin() {
        let access = Access(rules: [
            Access.Rule(role: .admin, logins: [Access.Login("Alice")]),
            Access.Rule(role: .verifier, logins: [Access.Login("Bob", of: "Branch")]),
        ])
        #expect(access.roles(of: record("aLICE")) == [.admin])
        #expect(access.roles(of: record("bob", source: "branch")) == [.verifier])
        #expect(access.roles(of: record("bob", source: "corp")) == [])
    }

    @Test func `a login with a colon in it is no login of another directory`() {
        let access = Access(rules: [
            Access.Rule(role: .admin, logins: [Access.Login("alice", of: "corp")]),
            Access.Rule(role: .verifier, logins: [Access.Login("corp:bob")]),
        ])
        #expect(access.roles(of: record("corp:alice", source: "partner")) == [])
        #expect(access.roles(of: record("corp:alice", source: "corp")) == [])
        #expect(access.roles(of: record("alice", source: "corp")) == [.admin])
        #expect(access.roles(of: record("bob", source: "corp")) == [])
        #expect(access.roles(of: record("corp:bob", source: "partner")) == [.verifier])
    }

    @Test func rulesOfTheConnectionDoNotReachAPerson() {
        let access = Access(rules: [
            Access.Rule(role: .admin, everyone: true), Access.Rule(role: .verifier, everyone: true),
            Access.Rule(role: .admin, uids: [0], gids: [0]),
        ])
        #expect(access.roles(of: record("alice")) == [])
        let own = Access(rules: [Access.Rule(role: .self, everyone: true)])
        #expect(own.roles(of: record("alice")) == [.self])
    }

    @Test func aFilterGivesItsRoleToWhoMatchedAtTheReading() {
        let access = Access(rules: [
            Access.Rule(role: .admin, directoryFilter: "(group=a)"),
            Access.Rule(role: .verifier, directoryFilter: "(group=b)"),
            Access.Rule(role: .self, directoryFilter: "(group=a)"),
        ])
        #expect(access.directoryFilters == ["(group=a)", "(group=b)"])
        #expect(access.roles(of: record("alice", memberships: ["(group=a)"])) == [.admin, .self])
        #expect(access.roles(of: record("alice", memberships: ["(group=c)"])) == [])
    }
}
