import AgentCore
import GRDB
import TokenCore

@testable import TokenStorage

/// Whether an agent's file is whole, keeps what was promised, and says the same as its index.
struct Inspection {
    let house: AgentOnDisk
    let promises: Promises

    func violations() async throws -> [String] {
        let store = try house.store
        var found = try await store.read { try file($0) }
        let now = house.clock.now
        let records = try await store.read { try $0.tokens(TokenQuery(limit: 1_000_000, now: now)) }
        found += try await trail(records)
        found += records.compactMap(promises.settle)
        let stored = Set(records.map(\.id))
        found += promises.tokens.keys.filter { !stored.contains($0) }.map { "token \($0) is lost" }
        for owner in promises.gone where try await store.read({ try $0.person(owner) })?.standing != .gone {
            found.append("\(owner.id), who was confirmed gone, is back")
        }
        return try await found + index(records)
    }

    private func file(_ reader: StoreReader) throws -> [String] {
        let lines = try String.fetchAll(reader.db, sql: "PRAGMA integrity_check")
        var found = lines == ["ok"] ? [] : ["the file is damaged: \(lines.prefix(3))"]
        if case .broken(let seq) = try reader.verifyAudit() { found.append("the trail breaks at \(seq)") }
        return found
    }

    /// A mutation and its line in the trail are there together or not at all.
    private func trail(_ records: [TokenRecord]) async throws -> [String] {
        let lines = try await house.store.read { reader in
            try Row.fetchAll(
                reader.db, sql: "SELECT token, kind FROM audit WHERE token IS NOT NULL ORDER BY seq"
            ).map { (try $0.userCode(0), $0[1] as String) }
        }
        var told: [UserCode: Ending.Kind?] = [:]
        for (id, kind) in lines {
            switch AuditEvent.Kind(rawValue: kind) {
            case .tokenCreated, .tokenRestored: told[id] = .some(nil)
            case .tokenRevoked: told[id] = .revoked
            case .tokenPurged: told[id] = .purged
            default: break
            }
        }
        let kept = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0.ending?.kind) })
        return told == kept ? [] : ["the trail tells of other tokens than are stored"]
    }

    private func index(_ records: [TokenRecord]) async throws -> [String] {
        let index = try house.agent.index
        var found: [String] = []
        let shown = records.filter { $0.ending?.kind != .purged }
        if index.count != shown.count {
            found.append("the index has \(index.count), the file \(shown.count)")
        }
        for record in shown {
            let owner = try await house.store.read { try $0.person(record.owner) }
            guard let seen = index.seen(record.id) else {
                found.append("token \(record.id) is not in the index")
                continue
            }
            if !(seen.facts == record.facts && seen.standing == owner?.standing ?? .present) {
                found.append("the index and the file differ about token \(record.id)")
            }
        }
        return found
    }
}

extension TokenFacts {
    fileprivate static func == (a: TokenFacts, b: TokenFacts) -> Bool {
        guard a.secret == b.secret, a.previous == b.previous else { return false }
        return a.expiresAt == b.expiresAt && a.ending == b.ending
    }
}
