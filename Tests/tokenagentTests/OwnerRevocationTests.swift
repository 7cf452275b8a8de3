import AgentProtocol
import Testing

@testable import tokenagent

/// Whose tokens are meant.
struct OwnerRevocationTests {
    private static let time = WireTime(milliseconds: 1_795_287_283_940)

    private static func user(_ login: String, email: String?) -> User {
        User(
            owner: Owner(source: "corp", id: "u-1", login: login, email: email), state: "present",
            since: time,
            roles: [])
    }

    private static func token(of owner: Owner) -> TokenMetadata {
        TokenMetadata(
            id: "NFWIevo8", owner: owner, audience: "default", name: "", write: true, flags: [],
            createdAt: time, updatedAt: time, expiresAt: nil, lastUsedAt: nil, state: .active,
            retrievable: false)
    }

    /// The last two look like it: decomposed, and with a letter of another script.
    @Test(arguments: [
        ("amélie", true), ("a@example.org", true), ("Amélie", false), ("amelie", false), ("amélie ", false),
        ("A@example.org", false), ("", false), ("ame\u{301}lie", false), ("\u{430}mélie", false),
    ])
    func `a name means somebody whose login or e-mail it is byte by byte`(name: String, isTheirs: Bool) {
        #expect(OwnerRevocation.isExactly(name, Self.user("amélie", email: "a@example.org")) == isTheirs)
        #expect(!OwnerRevocation.isExactly(name, Self.user("bob", email: nil)))
    }

    @Test(arguments: [
        ("corp", "é", true), ("corp", "e\u{301}", false), ("Corp", "é", false), ("corp2", "é", false),
        ("service", "é", false), ("corp", "é ", false),
    ])
    func `a token is an owner's by source and stable id, whatever the login`(
        source: String, id: String, isTheirs: Bool
    ) {
        let token = Self.token(of: Owner(source: source, id: id, login: "alice", email: nil))
        #expect(OwnerRevocation.isOf(OwnerKey(source: "corp", id: "é"), token) == isTheirs)
    }
}
