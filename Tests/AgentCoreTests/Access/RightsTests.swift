import AgentCore
import Testing
import TokenCore

/// Which roles hand out which right. That a verb needs one is the compiler's to see: each takes it as an
/// argument.
struct RightsTests {
    private let alice = OwnerID(source: "corp", id: "a")
    private let bob = OwnerID(source: "corp", id: "b")

    private func caller(_ roles: Set<Role>, person: OwnerID? = nil, readOnly: Bool = false) -> Caller {
        let owner = person.map { OwnerLabels(id: $0, login: "alice") }
        return Caller(name: "c", login: "alice", roles: roles, owner: owner, readOnly: readOnly)
    }

    private func kind(_ body: () throws(AgentError) -> some Any) -> ErrorKind? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func onlyAdminsHaveTheAdminsRight() {
        #expect(kind { () throws(AgentError) in try caller([.admin]).admin() } == nil)
        for roles: Set<Role> in [[], [.verifier], [.self], [.verifier, .self]] {
            let error = kind { () throws(AgentError) in try caller(roles, person: alice).admin() }
            #expect(error == .notPermitted)
        }
    }

    @Test func verifiersAndAdminsVerify() {
        for roles: Set<Role> in [[.verifier], [.admin]] {
            #expect(kind { () throws(AgentError) in try caller(roles, readOnly: true).verifier() } == nil)
        }
        for roles: Set<Role> in [[], [.self]] {
            #expect(
                kind { () throws(AgentError) in try caller(roles, person: alice).verifier() } == .notPermitted
            )
        }
    }

    @Test func oneReachesOnesOwnAndAnAdminEverybodys() throws {
        let own = try caller([.self], person: alice).writer()
        #expect(own.covers(alice) && !own.covers(bob))
        #expect(!own.covers(OwnerID(source: "branch", id: "a")))
        let all = try caller([.admin, .self], person: alice).writer()
        #expect(all.covers(alice) && all.covers(bob))
        #expect(kind { () throws(AgentError) in try caller([.self]).reader() } == .notPermitted)
        #expect(
            kind { () throws(AgentError) in try caller([.verifier], person: alice).reader() } == .notPermitted
        )
    }

    @Test func whoMayOnlyReadHasNoRightToWrite() throws {
        let reader = try caller([.self], person: alice, readOnly: true).reader()
        #expect(reader.covers(alice))
        for roles: Set<Role> in [[.self], [.admin]] {
            let reads = caller(roles, person: alice, readOnly: true)
            #expect(kind { () throws(AgentError) in try reads.writer() } == .notPermitted)
            #expect(kind { () throws(AgentError) in try reads.admin() } == .notPermitted)
        }
    }
}
