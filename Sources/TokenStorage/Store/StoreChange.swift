package import TokenCore

/// What a commit means for the index in memory.
package enum StoreChange: Equatable, Sendable {
    /// Made or changed; its owner is nil for services.
    case token(TokenRecord, owner: PersonRecord?)
    /// Purged, or its tombstone dropped: no longer in the index.
    case tokenForgotten(UserCode)
    /// Labels, standing or memberships. Only for people who own a live or revoked token: the index needs no
    /// others.
    case person(PersonRecord)
}

extension StoreReader {
    /// What a change is about, as the file has it.
    func asStored(_ change: StoreChange) throws -> StoreChange {
        switch change {
        case .token(let record, _): try asStored(record.id)
        case .tokenForgotten(let id): try asStored(id)
        case .person(let person): .person(try self.person(person.id) ?? person)
        }
    }

    private func asStored(_ id: UserCode) throws -> StoreChange {
        guard let record = try token(id), record.ending?.kind != .purged else { return .tokenForgotten(id) }
        return .token(record, owner: record.owner.isService ? nil : try person(record.owner))
    }
}
