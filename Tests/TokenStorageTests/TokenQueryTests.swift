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
        #expect(try await store.read { try $0.tokensByState(now: time(1000)) } == counts)
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

    @Test func aPageCostsByWhatItReturns() async throws {
        try await store.mutate { writer in
            for number in UInt64(0)..<3000 { try writer.insert(token(number, of: robot, at: Int64(number))) }
        }
        let query = { () -> TokenQuery in
            var query = TokenQuery(limit: 10, now: now)
            query.after = TokenQuery.Cursor(token(1500, of: robot, at: 1500))
            return query
        }()
        for owner in [nil, robot] {
            for audience in [nil, TokenTerms.defaultAudience] {
                var query = query
                (query.owner, query.audience) = (owner, audience)
                let plan = try await store.read { [query] in try $0.plan(of: query) }
                #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.contains("SCAN t") }, "\(plan)")
            }
        }
    }
}

extension StoreReader {
    /// How SQLite goes about it, in its own words (https://www.sqlite.org/eqp.html).
    fileprivate func plan(of query: TokenQuery) throws -> [String] {
        let statement = statement(for: query)
        return try Row.fetchAll(
            db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: StatementArguments(statement.arguments)
        ).map { $0["detail"] }
    }
}
