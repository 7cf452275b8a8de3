import Testing

@testable import TokenCore

struct ReadingLedgerTests {
    private func ledger(knowing people: (String, Standing)...) -> ReadingLedger {
        var ledger = ReadingLedger()
        ledger.reserve(people.count)
        for (id, standing) in people {
            let disabled = standing == .disabled ? "locked" : nil
            ledger.remember(
                PersonRecord(person: person(id, disabled: disabled), standing: standing, since: time(1)))
        }
        return ledger
    }

    @Test func whoIsAsRememberedIsNoChange() {
        var ledger = ledger(knowing: ("a", .present), ("b", .disabled))
        ledger.see([person("a"), person("b", disabled: "locked")])
        #expect(ledger.changes.isEmpty)
        #expect(ledger.people == 2 && ledger.added == 0 && ledger.changed == 0 && ledger.newlyDisabled == 0)
    }

    @Test func newPeopleAreAdded() {
        var ledger = ledger(knowing: ("a", .present))
        ledger.see([person("a"), person("n")])
        #expect(ledger.changes == [ReadingLedger.Change(person: person("n"), was: nil)])
        #expect(ledger.added == 1 && ledger.changed == 0)
        #expect(ledger.saw("n") && ledger.saw("a") && !ledger.saw("x"))
    }

    @Test func everyLabelIsLookedAt() {
        var renamed = person("a")
        renamed.login = "LOGIN-a"
        var mailed = person("a")
        mailed.email = nil
        var named = person("a")
        named.displayName = "Other"
        var moved = person("a")
        moved.dn = "uid=a,ou=other"
        for other in [renamed, mailed, named, moved] {
            var ledger = ledger(knowing: ("a", .present))
            ledger.see([other])
            #expect(ledger.changes == [ReadingLedger.Change(person: other, was: .present)])
            #expect(ledger.changed == 1 && ledger.added == 0)
        }
    }

    @Test(arguments: [Standing.disabled, .missing, .gone])
    func whoIsBackIsAChange(was: Standing) {
        var ledger = ledger(knowing: ("a", was))
        ledger.see([person("a")])
        #expect(ledger.changes == [ReadingLedger.Change(person: person("a"), was: was)])
        #expect(ledger.newlyDisabled == 0)
    }

    @Test func theNewlyDisabledAreCountedOnce() {
        var ledger = ledger(knowing: ("a", .present), ("b", .disabled), ("c", .gone))
        ledger.see([
            person("a", disabled: "locked"), person("b", disabled: "expired"),
            person("c", disabled: "locked"),
            person("n", disabled: "locked"),
        ])
        #expect(ledger.newlyDisabled == 3)
        #expect(ledger.changed == 3)
    }

    @Test func whoIsSeenTwiceCountsOnce() {
        var ledger = ledger(knowing: ("a", .present))
        ledger.see([person("a"), person("n"), person("a", login: "else")])
        ledger.see([person("n"), person("a")])
        #expect(ledger.people == 2)
        #expect(ledger.changes.count == 1)
    }

    @Test func whoWasNotSeenIsNotSaidToBe() {
        let ledger = ledger(knowing: ("a", .present))
        #expect(!ledger.saw("a"))
        #expect(ledger.people == 0)
    }

    @Test func aWitnessIsSomebodyWhoWasThereBefore() {
        var ledger = ledger(knowing: ("d", .disabled), ("g", .gone), ("m", .missing), ("p", .present))
        #expect(ledger.expectsWitness)
        ledger.see([person("new"), person("d"), person("g"), person("m")])
        #expect(ledger.witness == nil)
        ledger.see([person("p", disabled: "locked")])
        #expect(ledger.witness == "p")
    }

    @Test func whereNobodyWasThereNoWitnessIsExpected() {
        #expect(!ReadingLedger().expectsWitness)
        #expect(!ledger(knowing: ("d", .disabled), ("g", .gone), ("m", .missing)).expectsWitness)
    }

    @Test func anAwaitedLoginIsFoundInAnySpelling() {
        var ledger = ledger(knowing: ("a", .present))
        ledger.await(login: "CaNary")
        #expect(ledger.id(ofLogin: "canary") == nil)
        ledger.see([person("a"), person("c", login: "canARY")])
        #expect(ledger.id(ofLogin: "CANARY") == "c")
        #expect(ledger.id(ofLogin: "login-a") == nil)
    }
}
