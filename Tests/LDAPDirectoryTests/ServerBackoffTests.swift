import Testing

@testable import LDAPDirectory

@Suite("a list of servers")
struct ServerBackoffTests {
    private let urls = ["ldap://a", "ldap://b", "ldap://c"]
    private let start = ContinuousClock.now

    @Test("is asked in its order while nobody failed")
    func inOrder() {
        #expect(ServerBackoff().order(urls, at: start) == urls)
    }

    @Test("asks who failed last, until they have rested, and longer after each failure")
    func rests() {
        let backoff = ServerBackoff()
        backoff.noteFailure(of: "ldap://a", at: start)
        #expect(backoff.order(urls, at: start) == ["ldap://b", "ldap://c", "ldap://a"])
        #expect(backoff.order(urls, at: start + .seconds(30)) == urls)
        backoff.noteFailure(of: "ldap://a", at: start + .seconds(30))
        #expect(backoff.order(urls, at: start + .seconds(89)).last == "ldap://a")
        #expect(backoff.order(urls, at: start + .seconds(90)) == urls)
        for _ in 0..<50 { backoff.noteFailure(of: "ldap://a", at: start) }
        #expect(backoff.order(urls, at: start + ServerBackoff.longest) == urls)
    }

    @Test("leaves nobody out, and forgets failures after a success")
    func all() {
        let backoff = ServerBackoff()
        for url in urls { backoff.noteFailure(of: url, at: start) }
        #expect(backoff.order(urls, at: start) == urls)
        backoff.noteSuccess(of: "ldap://b")
        #expect(backoff.order(urls, at: start) == ["ldap://b", "ldap://a", "ldap://c"])
    }
}
