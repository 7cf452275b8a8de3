internal import AgentProtocol

/// The query parameters of the list.
struct IQFilter: Sendable {
    private let createdAfter: WireTime?
    private let createdBefore: WireTime?
    private let realm: String?

    init(_ values: NamedValues) throws(IQRefusal) {
        guard !values.isBroken else { throw .bad("The query string cannot be decoded") }
        var found: [String: String] = [:]
        for (name, value) in values.pairs { Self.take(name, value, into: &found) }
        createdAfter = try Self.day(found["createdAfter"], "createdAfter")
        createdBefore = try Self.day(found["createdBefore"], "createdBefore")
        realm = found["realm"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// One client writes `createdBefore=2022-03-07?realm=Internal`.
    private static func take(_ name: String, _ value: String, into found: inout [String: String]) {
        let parts = value.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let isDate = name == "createdAfter" || name == "createdBefore"
        guard isDate, parts.count == 2, parts[1].contains("=") else {
            if found[name] == nil { found[name] = value }
            return
        }
        if found[name] == nil { found[name] = String(parts[0]) }
        for more in NamedValues(query: parts[1]).pairs { take(more.name, more.value, into: &found) }
    }

    /// A day begins at 00:00 UTC.
    private static func day(_ text: String?, _ name: String) throws(IQRefusal) -> WireTime? {
        guard let text else { return nil }
        guard text.utf8.count == 10, let time = WireTime(text + "T00:00:00Z") else {
            throw .bad("\(name): a date is required, as in 2019-01-31")
        }
        return time
    }

    /// What to ask the agent for; nil when nothing can be in that range.
    var query: TokenList? {
        if let createdAfter, let createdBefore, createdAfter >= createdBefore { return nil }
        var query = TokenList()
        query.audience = IQServer.audience
        query.createdAfter = createdAfter
        query.createdBefore = createdBefore
        return query
    }

    func takes(_ token: TokenMetadata) -> Bool {
        token.name.isEmpty && realm.map { $0 == token.owner.source } ?? true
    }
}
