import TokenCore

/// One situation out of all those there are.
struct Situation {
    enum Secret: CaseIterable { case right, formerInGrace, formerAtItsEnd, formerAfterGrace, wrong }
    enum Expiry: CaseIterable { case never, later, now, earlier }
    enum Audience: CaseIterable { case notAsked, own, other }
    enum Flags: CaseIterable { case notAsked, held, oneMissing }

    var secret: Secret
    var standing: Standing
    var ending: Ending.Kind?
    var expiry: Expiry
    var audience: Audience
    var flags: Flags
    var writes: Bool
    var mayWrite: Bool

    static let now = time(1000)

    static let count = 5 * 4 * 3 * 4 * 3 * 3 * 2 * 2

    /// One for each number below `count`.
    init(number: Int) {
        var rest = number
        func pick<Choice>(_ choices: [Choice]) -> Choice {
            defer { rest /= choices.count }
            return choices[rest % choices.count]
        }
        secret = pick(Secret.allCases)
        standing = pick(Standing.allCases)
        ending = pick([nil, .revoked, .purged])
        expiry = pick(Expiry.allCases)
        audience = pick(Audience.allCases)
        flags = pick(Flags.allCases)
        writes = pick([false, true])
        mayWrite = pick([false, true])
    }

    static var all: some Sequence<Situation> { (0..<count).lazy.map(Situation.init) }

    private static let right = halves(seed: 10).passCode.digest
    private static let former = halves(seed: 11).passCode.digest
    private static let wrong = halves(seed: 12).passCode.digest

    var record: TokenRecord {
        let expiresAt: Timestamp? =
            switch expiry {
            case .never: nil
            case .later: time(1001)
            case .now: Self.now
            case .earlier: time(999)
            }
        let terms = TokenTerms(
            audience: "mail", write: mayWrite, flags: ["read", "sync"], expiresAt: expiresAt)
        var record = TokenRecord(
            id: halves(seed: 9).code, owner: alice, secret: Self.right, terms: terms, createdAt: time(1))
        record.ending = ending.map { Ending(kind: $0, at: time(500), reason: "") }
        switch secret {
        case .right, .wrong: break
        case .formerInGrace: record.previous = PreviousSecret(secret: Self.former, until: time(1001))
        case .formerAtItsEnd: record.previous = PreviousSecret(secret: Self.former, until: Self.now)
        case .formerAfterGrace: record.previous = PreviousSecret(secret: Self.former, until: time(999))
        }
        return record
    }

    var presented: SecretDigest {
        switch secret {
        case .right: Self.right
        case .wrong: Self.wrong
        case .formerInGrace, .formerAtItsEnd, .formerAfterGrace: Self.former
        }
    }

    var demand: Demand {
        let asked: [String] =
            switch flags {
            case .notAsked: []
            case .held: ["sync"]
            case .oneMissing: ["read", "delete"]
            }
        let audience: String? =
            switch audience {
            case .notAsked: nil
            case .own: "mail"
            case .other: "Mail"
            }
        return Demand(audience: audience, flags: asked, write: writes)
    }

    var verdict: Verdict {
        record.verdict(on: presented, for: demand, standing: standing, at: Self.now)
    }
}
