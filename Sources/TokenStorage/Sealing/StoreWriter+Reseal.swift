import Foundation
import GRDB
package import TokenCore

/// What one round of sealing anew has done.
package struct ResealedBatch: Sendable {
    package var resealed = 0
    /// Tokens whose secret no key at hand opens, or whose sealed value was changed.
    package var unreadable: [UserCode] = []
    /// Where the next round begins; nil after the last one.
    package var next: UserCode?
}

extension StoreWriter {
    /// Seals anew, by the current key, up to `limit` tokens after `token` that another key has sealed.
    package mutating func reseal(
        after token: UserCode?, limit: Int, _ keys: SealingKeys
    ) throws -> ResealedBatch {
        let current = keys.currentID
        let records = try db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t
            WHERE t.id > ? AND t.sealed_key IS NOT NULL AND t.sealed_key <> ? ORDER BY t.id LIMIT ?
            """, [token?.stored ?? -1, current, limit], TokenRecord.init(row:))
        var batch = ResealedBatch()
        for record in records {
            guard let sealed = record.sealed else { continue }
            let anew: SealedSecret
            do throws(SealingError) {
                let passCode = try keys.open(sealed, of: record.id, owner: record.owner)
                anew = try keys.seal(passCode, of: record.id, owner: record.owner)
            } catch {
                batch.unreadable.append(record.id)
                continue
            }
            try db.run(
                "UPDATE token SET sealed_key = ?, sealed = ? WHERE id = ?",
                [anew.keyID, Data(anew.bytes), record.id.stored])
            batch.resealed += 1
        }
        batch.next = records.count == limit ? records.last?.id : nil
        return batch
    }

    /// The secrets behind idempotency keys: few, since each lives an hour. One that cannot be opened is
    /// dropped, as it could not be answered either.
    package mutating func resealIdempotent(_ keys: SealingKeys) throws -> Int {
        let columns = IdempotentAnswer.columns.split(separator: ", ").map { "i.\($0)" }
        let kept = try db.rows(
            """
            SELECT \(columns.joined(separator: ", ")), t.owner_source, t.owner_id
            FROM idempotent i JOIN token t ON t.id = i.token WHERE i.sealed_key <> ?
            """, [keys.currentID]
        ) { (try IdempotentAnswer(row: $0), $0.owner(8, 9)) }
        var resealed = 0
        for (answer, owner) in kept {
            guard let passCode = try? keys.open(answer.sealed, of: answer.token, owner: owner) else {
                continue
            }
            let anew = try keys.seal(passCode, of: answer.token, owner: owner)
            try db.run(
                "UPDATE idempotent SET sealed_key = ?, sealed = ? WHERE scope = ? AND key = ?",
                [anew.keyID, Data(anew.bytes), answer.scope, answer.key])
            resealed += 1
        }
        try db.run("DELETE FROM idempotent WHERE sealed_key <> ?", [keys.currentID])
        return resealed
    }
}

extension StoreReader {
    /// How many secrets each key has sealed. Passes over every token.
    package func sealedByKey() throws -> [String: Int] {
        let counted = try db.rows(
            """
            SELECT sealed_key, count(*) FROM (
                SELECT sealed_key FROM token WHERE sealed_key IS NOT NULL
                UNION ALL SELECT sealed_key FROM idempotent
            ) GROUP BY 1
            """
        ) { ($0[0] as String, $0[1] as Int) }
        return Dictionary(uniqueKeysWithValues: counted)
    }
    func hasSealed() throws -> Bool {
        try db.row(
            """
            SELECT EXISTS (SELECT 1 FROM token WHERE sealed_key IS NOT NULL)
                OR EXISTS (SELECT 1 FROM idempotent)
            """
        ) { $0[0] } ?? false
    }
}
