import GRDB
package import TokenCore

extension StoreWriter {
    /// Its owner, when a person, must have been put before. Throws `StoreConflict`.
    package mutating func insert(_ token: TokenRecord) throws {
        try insert(token, of: token.owner.isService ? nil : try reader.person(token.owner))
    }

    /// With its owner as this mutation has seen or put them: nil for services.
    package mutating func insert(_ token: TokenRecord, of owner: PersonRecord?) throws {
        try writing { try db.run(TokenRecord.insertion, bound: token.bind) }
        note(.token(token, owner: owner))
    }

    /// Throws `StoreConflict`, also when what had ended is to live again and its name is taken.
    package mutating func update(_ token: TokenRecord) throws {
        try writing { try db.run(TokenRecord.updating, bound: token.bind) }
        guard db.changesCount > 0 else { throw StoreConflict.noSuchToken }
        try noteChange(of: token)
    }

    /// Neither audited nor a change for the index, which knows already. Never goes back in time.
    package mutating func touch(lastUsed: [UserCode: Timestamp]) throws {
        for (id, time) in lastUsed {
            try db.run(
                "UPDATE token SET last_used_at = max(coalesce(last_used_at, ?1), ?1) WHERE id = ?2",
                [time.milliseconds, id.stored])
        }
    }

    private mutating func noteChange(of token: TokenRecord) throws {
        if token.ending?.kind == .purged {
            note(.tokenForgotten(token.id))
        } else {
            let owner = token.owner.isService ? nil : try reader.person(token.owner)
            note(.token(token, owner: owner))
        }
    }

    /// A constraint undoes only its own statement (https://www.sqlite.org/lang_conflict.html).
    private func writing(_ statement: () throws -> Void) throws {
        do {
            try statement()
        } catch let error as DatabaseError {
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_PRIMARYKEY: throw StoreConflict.duplicateID
            case .SQLITE_CONSTRAINT_UNIQUE: throw StoreConflict.duplicateName
            default: throw error
            }
        }
    }
}
