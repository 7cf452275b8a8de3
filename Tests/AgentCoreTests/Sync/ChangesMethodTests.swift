import Testing
import TokenCore

@testable import AgentCore

struct ChangesMethodTests {
    private func method(
        _ change: (inout SourceState) -> Void = { _ in }, held: Bool = false, isCurrent: Bool = true,
        isWatched: Bool = false
    ) -> ChangesMethod {
        var state = SourceState(source: "corp")
        state.lastCompleteAt = Timestamp(seconds: 1)
        change(&state)
        return ChangesMethod(state, held: held, isCurrent: isCurrent, isWatched: isWatched)
    }

    private func cookie(_ kind: ChangeCookie.Kind) -> (inout SourceState) -> Void {
        { $0.cookie = ChangeCookie(kind: kind, server: "ldap://a", bytes: [1]) }
    }

    @Test(arguments: ChangeCookie.Kind.allCases)
    func `the cookie's kind is the method, and has its reason`(kind: ChangeCookie.Kind) {
        let method = method(cookie(kind))
        #expect(method.method == kind.method)
        #expect(!method.why.isEmpty)
    }

    @Test func `a connection that is open for it is told`() {
        #expect(method(cookie(.contentSync), isWatched: true).why.contains("a connection is open"))
    }

    @Test func `without a cookie everybody is read, and it says why`() {
        let refused = method { $0.changesRefusal = "no syncprov" }
        #expect(refused == ChangesMethod("full only", "no syncprov"))
        let unread = method({ $0.lastCompleteAt = nil })
        #expect(unread.method == "full only" && unread.why.contains("first full reading"))
    }

    @Test func `what was refused before the method that works is told with it`() {
        let method = method { state in
            state.cookie = ChangeCookie(kind: .modifyTimestamp, server: "ldap://a", bytes: [1])
            state.changesRefusal = "content sync was refused: no syncprov (12)"
        }
        #expect(method.method == "modifyTimestamp")
        #expect(method.why.hasSuffix("content sync was refused: no syncprov (12)"))
    }

    @Test func `the reason outlives a restart, and goes when the source can tell changes`() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        try await fixture.restart()
        #expect(try await fixture.changes() == ChangesMethod("full only", "it cannot tell changes"))
        fixture.corp.tellChanges()
        try await fixture.sync()
        try await fixture.restart()
        #expect(try await fixture.changes().method == "content sync")
        #expect(try await !fixture.changes().why.contains("cannot"))
    }

    @Test func `a held plan or a changed configuration puts it off`() {
        #expect(method(cookie(.dirSync), held: true).why.contains("a plan is held"))
        let changed = method(cookie(.dirSync), isCurrent: false)
        #expect(changed.method == "full only" && changed.why.contains("configuration"))
    }
}

extension AgentFixture {
    fileprivate func changes() async throws -> ChangesMethod {
        try await agent.directoryStatus(verifier())[0].changes
    }
}

extension ChangesMethod {
    fileprivate init(_ method: String, _ why: String) {
        self.init(unconfigured: SourceState(source: ""))
        (self.method, self.why) = (method, why)
    }
}
