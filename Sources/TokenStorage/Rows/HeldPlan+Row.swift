import Foundation
import GRDB
import TokenCore

extension HeldPlan {
    static let columns =
        "source, held_at, fingerprint, removal_limit, reasons, removals, removed_lately, "
        + "people_before, people"

    func arguments() throws -> [(any DatabaseValueConvertible)?] {
        let plan = hold.plan
        let removals =
            plan.removals.map {
                StoredRemoval(id: $0.owner.id, login: $0.login, evidence: $0.evidence.rawValue)
            }
            + plan.disabled.map {
                StoredRemoval(id: $0.owner.id, login: $0.login, evidence: Disabling.word)
            }
        return [
            plan.source, heldAt.milliseconds, plan.fingerprint, hold.limit,
            try Self.json(hold.reasons.map(StoredReason.init)), try Self.json(removals),
            hold.removedLately, hold.peopleBefore, hold.people,
        ]
    }

    init(row: Row) throws {
        let source: String = row[0]
        let reasons = try JSONDecoder().decode([StoredReason].self, from: Data((row[4] as String).utf8))
        let stored = try JSONDecoder().decode([StoredRemoval].self, from: Data((row[5] as String).utf8))
        let disabled = stored.filter { $0.evidence == Disabling.word }.map {
            Disabling(owner: OwnerID(source: source, id: $0.id), login: $0.login)
        }
        let removals = try stored.filter { $0.evidence != Disabling.word }.map { removal in
            guard let evidence = Evidence(rawValue: removal.evidence) else {
                throw StorageError.corrupt(detail: "an unknown Evidence: \(removal.evidence)")
            }
            return Removal(
                owner: OwnerID(source: source, id: removal.id), login: removal.login, evidence: evidence)
        }
        var plan = RemovalPlan(source: source, fingerprint: row[2], removals: removals)
        plan.disabled = disabled
        var hold = Hold(plan: plan, reasons: reasons.map(\.reason), limit: row[3])
        (hold.removedLately, hold.peopleBefore, hold.people) = (row[6], row[7], row[8])
        self.init(hold: hold, heldAt: row.time(1))
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

private struct StoredRemoval: Codable {
    var id: String
    var login: String
    var evidence: String
}

/// The reasons as they are written: domain types know nothing of JSON.
private enum StoredReason: Codable {
    case tooManyRemovals
    case peopleDropped(from: Int, to: Int)
    /// Without keys in plans of before they were told.
    case configurationChanged(keys: [String]?)

    init(_ reason: HoldReason) {
        self =
            switch reason {
            case .tooManyRemovals: .tooManyRemovals
            case .peopleDropped(let from, let to): .peopleDropped(from: from, to: to)
            case .configurationChanged(let keys): .configurationChanged(keys: keys)
            }
    }

    var reason: HoldReason {
        switch self {
        case .tooManyRemovals: .tooManyRemovals
        case .peopleDropped(let from, let to): .peopleDropped(from: from, to: to)
        case .configurationChanged(let keys): .configurationChanged(keys: keys ?? [])
        }
    }
}
