import Testing
import TokenCore

struct PersonTests {
    @Test func ownersAreOrderedBySourceThenId() {
        let owners = [
            OwnerID(source: "b", id: "1"), OwnerID(source: "a", id: "2"), OwnerID(source: "a", id: "1"),
        ]
        #expect(owners.sorted().map { $0.source + $0.id } == ["a1", "a2", "b1"])
    }

    @Test func onlyTheSourceMakesAService() {
        #expect(OwnerID(source: "service", id: "x").isService)
        #expect(!OwnerID(source: "corp", id: "service").isService)
        #expect(!OwnerID(source: "Service", id: "x").isService)
    }

    @Test func labelsAreFolded() {
        #expect(Person.fold("Älice@Example.ORG") == Person.fold("äLICE@example.org"))
    }

    @Test func anyReasonDisables() {
        #expect(person("a").standing == .present)
        #expect(person("a", disabled: "").standing == .disabled)
    }

    @Test func everyDirectoryErrorSaysWhatItIs() {
        let errors: [DirectoryError] = [
            .unreachable(server: "ldap://s", code: -1, detail: "Can't contact LDAP server"),
            .insecure(server: "ldap://s", detail: "expired"),
            .bindRefused(server: "ldap://s", code: 49, detail: "no"),
            .timedOut(server: "ldap://s", phase: "page 3"),
            .refused(server: "ldap://s", code: 4, detail: "limit"),
            .incomplete(server: "ldap://s", reason: "half"), .misconfigured(detail: "no base"), .cancelled,
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.prefix(6).allSatisfy { $0.description.contains("ldap://s") })
    }
}
