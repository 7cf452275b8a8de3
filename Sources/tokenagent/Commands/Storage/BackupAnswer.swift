import AgentProtocol
import Foundation
import TokenCore
import TokenStorage

/// A backup as `--json` tells it.
struct BackupAnswer: Encodable {
    let revision: Int64
    /// Line and hash, as `audit verify --head` takes them.
    let head: String
    let lastChangeAt: WireTime?
    let schema: Int
    let tokens: Int
    let tombstones: Int
    let people: Int
    let sealingKeys: [String]
    let bytes: Int64

    init(_ facts: BackupFacts) {
        revision = facts.revision
        head = "\(facts.revision):\(Hex.encode(facts.head))"
        lastChangeAt = facts.lastLineAt.map { WireTime(milliseconds: $0.milliseconds) }
        schema = facts.schema
        tokens = facts.liveTokens
        tombstones = facts.endedTokens
        people = facts.people
        sealingKeys = facts.keys
        bytes = facts.bytes
    }
}

/// What restoring did, as `--json` tells it.
struct RestoreAnswer: Encodable {
    let backup: BackupAnswer
    let revision: Int64
    let dryRun: Bool
    /// Why not all is known of the time after the backup.
    let unknown: String?
    let linesKept: Int
    let stillEnded: [String]
    let carriedOver: [String]
    let revoked: [String]
    /// How many are neither revoked nor purged now.
    let live: Int
    let forgotten: [String]
    let people: Int
    let former: String?

    init(_ report: RestoreReport, dryRun: Bool) {
        backup = BackupAnswer(report.backup)
        revision = report.revision
        self.dryRun = dryRun
        unknown = report.loss.map { "\($0)" }
        linesKept = report.linesKept
        stillEnded = report.ended.map(\.description)
        carriedOver = report.carriedOver.map(\.description)
        revoked = report.revoked.map(\.description)
        live = report.live
        forgotten = report.forgotten.map(\.description)
        people = report.people
        former = report.former
    }
}

extension Encodable {
    /// One line, its members in snake_case and in order.
    func json() throws(CommandError) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw .notWritten(to: "JSON", reason: "it cannot be encoded")
        }
    }
}
