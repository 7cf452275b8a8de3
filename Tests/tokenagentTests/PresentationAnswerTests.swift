import AgentProtocol
import Testing

@testable import tokenagent

@Suite struct PresentationAnswerTests {
    private static let style = PresentationTests.style()

    private static func token(
        _ state: TokenState, login: String = "alice", source: String = "corp"
    ) -> TokenMetadata {
        TokenMetadata(
            id: "NFWIevo8",
            owner: Owner(source: source, id: "5f1c", login: login, email: "alice@example.org"),
            audience: "ci", name: "", write: false, flags: ["pull"], createdAt: PresentationTests.now,
            updatedAt: PresentationTests.now, expiresAt: WireTime("2027-02-19T18:54:43Z"), lastUsedAt: nil,
            state: state, retrievable: false)
    }

    @Test func `a list of tokens has a line for each`() {
        #expect(
            Table(tokens: [Self.token(.active)], Self.style).text(Self.style) == """
                ID        OWNER  AUDIENCE  NAME  STATE   RIGHTS     EXPIRES     LAST USED
                NFWIevo8  alice  ci        -     active  read,pull  in 90 days  never
                """)
    }

    @Test func `services are named with their source`() {
        #expect(Self.token(.active, login: "backup", source: "service").owner.label == "service:5f1c")
        #expect(Self.token(.active, login: "").owner.label == "corp:5f1c")
        #expect(Self.token(.active).owner.full == "alice <alice@example.org>, corp:5f1c")
    }

    @Test func `states are coloured by what they mean for the token`() {
        let colours = TokenState.allCases.map(\.cell.colour)
        #expect(colours == [.green, .yellow, .yellow, .red, .red, .red])
    }

    static let held = HeldPlan(
        plan: "3f9a", source: "corp", reason: .tooManyRemovals, wouldRemove: 25, limit: 10,
        removals: [.init(owner: OwnerKey(source: "corp", id: "5f1c"), login: "alice", evidence: "deleted")],
        since: PresentationTests.now, expiresAt: PresentationTests.now)

    @Test func `a held plan is shown with its removals and the command that approves it`() {
        #expect(
            Self.held.text(Self.style, approve: "tokenagent sync --approve 3f9a") == """
                corp: held since 2026-11-21 18:54 (just now)
                Nothing was done: 25 owners would lose their tokens, and 10 is the most without asking.
                Plan 3f9a would take away the tokens of 25 owners who left.

                LOGIN  ID    EVIDENCE
                alice  5f1c  deleted
                … and 24 more

                If this is right, apply exactly it, until 2026-11-21 18:54, with:
                  tokenagent sync --approve 3f9a
                """)
    }

    @Test func `a plan that is held for what went before it says so`() {
        var held = Self.held
        (held.wouldRemove, held.removedLately) = (1, 10)
        let text = held.text(Self.style, approve: "x")
        #expect(text.contains("10 owners lost their tokens in the hour before"))
        #expect(text.contains("1 more would, and 10 is the most"))
        #expect(text.contains("would take away the tokens of 1 owner who left"))
    }

    @Test func `a plan of a changed configuration says what counts, how many people, and who is suspended`() {
        var held = Self.held
        (held.reason, held.wouldRemove, held.wouldSuspend) = (.configurationChanged, 3, 2)
        (held.peopleBefore, held.people) = (106, 31)
        held.removals = ["carol", "alice", "bob"].map {
            .init(owner: OwnerKey(source: "corp", id: $0), login: $0, evidence: "not_eligible")
        }
        let text = held.text(Self.style, approve: "x")
        #expect(text.contains("base, filter, bind_dn"))
        held.changedKeys = ["base", "filter"]
        let known = held.text(Self.style, approve: "x")
        #expect(known.contains("than when it was last read, in base and filter: 31"))
        #expect(!known.contains("bind_dn"))
        held.changedKeys = ["url", "base", "id"]
        #expect(held.line(approve: "x").contains("in url, base and id: 31"))
        #expect(text.contains("31, where 106 were before"))
        #expect(text.contains("of 1 owner who left, and suspend the tokens of 2 owners"))
        let rows = text.split(separator: "\n").filter { $0.hasSuffix("not_eligible") }
        #expect(rows.map { $0.prefix(3) } == ["ali", "bob", "car"])
    }

    @Test func `a plan that suspends the disabled never says that it takes nobody's tokens away`() {
        var held = Self.held
        (held.reason, held.wouldRemove, held.wouldDisable) = (.configurationChanged, 0, 18)
        held.removals[0].evidence = "disabled"
        let text = held.text(Self.style, approve: "x")
        #expect(text.contains("Plan 3f9a would suspend the tokens of 18 owners who would count as disabled."))
        #expect(text.contains("… and 17 more") && !text.contains("nobody"))
        var source = DirectoryStatus.Source(source: "corp", state: "held", people: 18)
        source.held = held
        #expect(
            Table(sources: [source], Self.style).text(Self.style)
                .contains("plan 3f9a would remove 0 and suspend 18 as disabled"))
    }

    @Test func `a held plan does not hide that the directory cannot be read since`() {
        var source = DirectoryStatus.Source(source: "corp", state: "held", people: 3)
        (source.held, source.error) = (Self.held, "cannot reach ldaps://x")
        let text = Table(sources: [source], Self.style).text(Self.style)
        #expect(text.contains("plan 3f9a would remove 25"))
        #expect(text.contains("cannot reach ldaps://x"))
    }

    @Test func `in a mail from cron a held plan is one line`() {
        // A dry run holds nothing that could be approved.
        let dry = Self.held.text(Self.style, approve: nil) + Self.held.line(approve: nil)
        #expect(dry.contains("corp: would be held\n"))
        for word in ["held since", "--approve", "until", "was done"] {
            #expect(!dry.contains(word), "\(dry)")
        }
        let line = Self.held.line(approve: "tokenagent sync --approve 3f9a")
        #expect(!line.contains("\n"))
        #expect(line.hasSuffix("tokenagent sync --approve 3f9a"))
    }

    @Test func `a reading that failed is not shown as complete`() {
        var report = DirectorySync.Report(source: "corp", method: "full")
        report.seconds = 1.25
        report.error = "no answer"
        let text = Table(reports: [report]).text(Self.style)
        #expect(text.contains("incomplete"))
        #expect(text.hasSuffix("1.2 s  no answer"))
    }

    @Test func `the status counts tokens in the order of their life`() {
        let status = AgentStatus.Answer(
            version: "0.1.0", startedAt: PresentationTests.now, uptimeSeconds: 7200,
            tokens: [.purged: 1, .active: 3, .revoked: 0], people: 5, connections: 1,
            storage: .init(path: "/x.sqlite", bytes: 2048, schema: 1, revision: 9))
        let text = Card(status: status, socket: "/x.sock", Self.style).text(Self.style)
        #expect(text.contains("3 active, 1 purged"))
        #expect(text.contains("(up 2 hours)"))
    }

    @Test(arguments: TokenVerify.Reason.allCases)
    func `every refusal has a sentence of its own`(reason: TokenVerify.Reason) {
        let others = TokenVerify.Reason.allCases.filter { $0 != reason }
        #expect(!others.map(\.sentence).contains(reason.sentence))
    }
}
