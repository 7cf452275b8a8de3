import Synchronization
import Testing
import TokenCore
import TokenStorage

@testable import AgentCore

struct TokenIndexTests {
    private let index = TokenIndex(
        rendering: AnswerRendering(
            owner: { _, login, email in Array("\(login) \(email ?? "-")".utf8) },
            terms: { audience, name, write, flags in Array("\(audience) \(name) \(write) \(flags)".utf8) }))

    private static func person(_ name: String, _ standing: Standing = .present) -> PersonRecord {
        let person = Person(id: OwnerID(source: "corp", id: name), login: name, dn: "uid=\(name)")
        return PersonRecord(person: person, standing: standing, since: Timestamp(seconds: 1))
    }

    private static func token(
        _ code: UInt64, of owner: String = "alice", name: String = ""
    ) -> TokenRecord {
        TokenRecord(
            id: UserCode(value: code)!, owner: OwnerID(source: "corp", id: owner),
            secret: SecretDigest(bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: code), count: 32))!,
            terms: TokenTerms(name: name), createdAt: Timestamp(seconds: 1))
    }

    private func find(_ code: UInt64) -> Found? { index.find(UserCode(value: code)!) }

    @Test func whatIsAppliedIsFound() throws {
        var record = Self.token(1, name: "phone")
        record.previous = PreviousSecret(secret: Self.token(2).secret, until: Timestamp(seconds: 5))
        record.expiresAt = Timestamp(seconds: 9)
        index.apply([.token(record, owner: Self.person("alice"))])
        let found = try #require(find(1))
        #expect(found.token.facts.secret == record.secret && found.token.facts.previous == record.previous)
        #expect(found.token.facts.expiresAt == record.expiresAt && found.token.facts.ending == nil)
        #expect(found.token.terms.name == "phone" && found.owner.login == "alice")
        #expect(found.ownerAnswer == Array("alice -".utf8))
        #expect(found.termsAnswer == Array("default phone true []".utf8))
        #expect(find(2) == nil && index.count == 1)
        index.apply([.tokenForgotten(record.id)])
        #expect(find(1) == nil && index.count == 0)
    }

    @Test func aChangedPersonIsSeenThroughEveryToken() throws {
        for code in 1...50 as ClosedRange<UInt64> {
            index.apply([.token(Self.token(code), owner: Self.person("alice"))])
        }
        let before = try #require(find(1))
        index.apply([.person(Self.person("alice", .gone)), .person(Self.person("nobody"))])
        for code in 1...50 as ClosedRange<UInt64> { #expect(find(code)?.owner.standing == .gone) }
        // Who found it before has it still, as it was.
        #expect(before.owner.standing == .present)
        #expect(before.ownerAnswer == Array("alice -".utf8))
    }

    @Test func numbersOfOwnersAndTermsAreUsedAgain() {
        for round in 0..<3000 as Range<UInt64> {
            let record = Self.token(7, of: "owner \(round)", name: "name \(round)")
            index.apply([.token(record, owner: Self.person("owner \(round)"))])
            #expect(find(7)?.owner.login == "owner \(round)")
            #expect(find(7)?.token.terms.name == "name \(round)")
        }
        // The new one is there before the old one goes.
        #expect(index.numbersGiven.owners <= 2 && index.numbersGiven.terms <= 2)
    }

    @Test func numbersFindTheirCells() {
        let table = AnswerTable()
        let blocks = (0..<10_000).map { AnswerBlock(Array("\($0)".utf8)) }
        for (number, block) in blocks.enumerated() {
            #expect(table.add() == number)
            table.put(block, at: UInt32(number))
        }
        for number in 0..<10_000 {
            #expect(Array(table.read(UInt32(number)).answer) == Array("\(number)".utf8))
        }
        for block in blocks { block.free() }
    }

    /// Owners change, tokens come and go, tables grow: a reader never sees a mixture.
    @Test func readersSeeWholeTokensWhileEverythingChanges() async {
        for code in 0..<200 as Range<UInt64> {
            index.apply([.token(Self.token(code, of: "o\(code % 10)"), owner: Self.person("o\(code % 10)"))])
        }
        let (index, done) = (index, Flag())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<20_000 as Range<UInt64> {
                    let name = "o\(round % 10)"
                    let (code, standing) = (round % 200, round % 3 == 0 ? Standing.gone : .present)
                    index.apply([
                        .person(Self.person(name, standing)), .tokenForgotten(UserCode(value: code)!),
                        .token(Self.token(200 + round, of: name), owner: Self.person(name, standing)),
                        .token(
                            Self.token(code, of: "o\(code % 10)", name: "\(round)"),
                            owner: Self.person("o\(code % 10)")),
                    ])
                }
                done.raise()
            }
            for _ in 0..<2 {
                group.addTask {
                    var code: UInt64 = 0
                    while !done.isRaised {
                        code = (code + 1) % 200
                        guard let found = index.find(UserCode(value: code)!) else { continue }
                        #expect(found.owner.login == "o\(code % 10)")
                        #expect(found.token.facts.secret == Self.token(code).secret)
                        #expect(found.ownerAnswer == Array("o\(code % 10) -".utf8))
                        #expect(found.termsAnswer.first == UInt8(ascii: "d"))
                    }
                }
            }
        }
        #expect(index.count == 20_200)
    }
}

/// What a verify sees, copied while it may be looked at.
private struct Found {
    let token: IndexedToken
    let owner: IndexedOwner
    let ownerAnswer: [UInt8]
    let termsAnswer: [UInt8]
}

extension TokenIndex {
    /// Notes a use as well.
    fileprivate func find(_ id: UserCode) -> Found? {
        var found: Found?
        _ = verdict(on: id, usedAt: Timestamp(seconds: 1000)) { entry in
            found = Found(
                token: entry.token, owner: entry.owner, ownerAnswer: Array(entry.ownerAnswer),
                termsAnswer: Array(entry.termsAnswer))
            return .active
        }
        return found
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
}
