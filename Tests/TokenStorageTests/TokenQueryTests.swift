import GRDB
import Testing
import TokenCore

@testable import TokenStorage

struct TokenQueryTests {
    let fixture: StoreFixture
    let store: TokenStore
    let now = time(1000)

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func find(_ change: (inout TokenQuery) -> Void) async throws -> [TokenRecord] {
        var query = TokenQuery(limit: 1000, now: now)
        change(&query)
        return try await store.read { [query] in try $0.tokens(query) }
    }

    /// Every standing, expiry and ending, with a service among the owners: 5 × 4 × 3 tokens.
    private func fillCrossProduct() async throws -> [(TokenRecord, Standing)] {
        let expiries = [nil, time(999), time(1000), time(1001)]
        let endings: [Ending.Kind?] = [nil, .revoked, .purged]
        var made: [(TokenRecord, Standing)] = []
        for standing in Standing.allCases.map(Optional.some) + [nil] {
            let owner = standing.map { OwnerID(source: "corp", id: $0.rawValue) } ?? robot
            if let standing { try await store.put(person(owner, standing)) }
            for expiry in expiries {
                for ending in endings {
                    // Creation times repeat, so that the id decides.
                    var token = token(UInt64(made.count), of: owner, at: Int64(made.count % 7))
                    token.audience = made.count.isMultiple(of: 2) ? "even" : "odd"
                    token.expiresAt = expiry
                    if let ending { token = ended(token, ending) }
                    made.append((token, standing ?? .present))
                }
            }
        }
        try await store.mutate { [made] writer in for (token, _) in made { try writer.insert(token) } }
        return made.sorted { ($0.0.createdAt, $0.0.id.value) < ($1.0.createdAt, $1.0.id.value) }
    }

    @Test func statesAgreeWithTheDomainsOwnDecision() async throws {
        let made = try await fillCrossProduct()
        var counts: [TokenState: Int] = [:]
        for state in TokenState.allCases {
            let expected = made.filter { $0.state(standing: $1, at: now) == state }.map(\.0)
            counts[state] = expected.count
            #expect(try await find { $0.state = state } == expected, "\(state)")
            for audience in ["even", "odd"] {
                let some = expected.filter { $0.audience == audience }
                #expect(try await find { ($0.state, $0.audience) = (state, audience) } == some)
            }
            for owner in Set(made.map(\.0.owner)) {
                let some = expected.filter { $0.owner == owner }
                #expect(try await find { ($0.state, $0.owner) = (state, owner) } == some)
            }
        }
        let live = made.count { $0.0.ending == nil }
        let revoked = made.count { $0.0.ending?.kind == .revoked }
        let counted = try await store.read { [now] in
            try $0.tokensByState(live: live, revoked: revoked, now: now)
        }
        #expect(counted == counts)
    }

    @Test(arguments: [nil] + TokenState.allCases.map(Optional.some))
    func pagesFollowEachOtherWithoutGapOrRepeat(_ state: TokenState?) async throws {
        let made = try await fillCrossProduct()
        let expected = made.filter { state == nil || $0.state(standing: $1, at: now) == state }.map(\.0)
        var paged: [TokenRecord] = []
        while true {
            let page = try await find { query in
                query.state = state
                query.limit = 3
                query.after = paged.last.map(TokenQuery.Cursor.init)
            }
            paged += page
            if page.count < 3 { break }
        }
        #expect(paged == expected)
    }

    @Test func timesIncludeTheirBeginningAndNotTheirEnd() async throws {
        try await store.insert(
            token(1, of: robot, at: 1), token(2, of: robot, at: 2), token(3, of: robot, at: 3),
            token(4, of: robot, at: 4))
        let found = try await find { ($0.createdAfter, $0.createdBefore) = (time(2), time(4)) }
        #expect(found.map(\.id.value) == [2, 3])
    }

    /// A plan that reads all tokens, or sorts what it found, costs by what is stored. Sorted are only the
    /// few that have their own index: those expired, and those of people who are absent.
    @Test(arguments: [nil] + TokenState.allCases.map(Optional.some))
    func aPageCostsByWhatItReturns(_ state: TokenState?) async throws {
        try await store.mutate { writer in
            for number in UInt64(0)..<3000 { try writer.insert(token(number, of: robot, at: Int64(number))) }
        }
        let cursor = TokenQuery.Cursor(token(1500, of: robot, at: 1500))
        let isSorted = state == .expired || state == .suspended || state == .obsolete
        for owner in [nil, robot] {
            for audience in [nil, TokenTerms.defaultAudience] {
                for (after, before) in [
                    (nil, nil), (time(10), nil), (nil, time(2900)), (time(10), time(2900)),
                ] {
                    for made in [StoreReader.Made.anytime, .with(cursor), .after(cursor)] {
                        var query = TokenQuery(limit: 10, now: now)
                        (query.owner, query.audience, query.state) = (owner, audience, state)
                        (query.createdAfter, query.createdBefore) = (after, before)
                        let plan = try await store.read { [query] in try $0.plan(of: query, made: made) }
                        // Through an index in the list's order, a scan ends with the page.
                        let scans = plan.contains {
                            $0.hasPrefix("SCAN t") && !$0.hasPrefix("SCAN t USING INDEX")
                        }
                        #expect(!scans, "\(plan)")
                        let sorts = plan.contains { $0.contains("TEMP B-TREE") }
                        #expect(!sorts || (isSorted && owner == nil), "\(plan)")
                    }
                }
            }
        }
    }

    @Test func manyTokensOfOneMomentAreNotReadAgainForEachPage() async throws {
        let plan = try await store.read { reader in
            let cursor = TokenQuery.Cursor(token(1, of: robot, at: 1))
            return try reader.plan(of: TokenQuery(limit: 10, now: now), made: .with(cursor))
        }
        #expect(plan == ["SEARCH t USING INDEX token_created (created_at=? AND rowid>?)"])
    }
}

extension StoreReader {
    /// How SQLite goes about it, in its own words (https://www.sqlite.org/eqp.html).
    fileprivate func plan(of query: TokenQuery, made: Made) throws -> [String] {
        let statement = statement(for: query, made: made)
        return try Row.fetchAll(
            db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: StatementArguments(statement.arguments)
        ).map { $0["detail"] }
    }
}
