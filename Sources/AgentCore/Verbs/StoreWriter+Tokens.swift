import TokenCore
import TokenStorage

extension StoreWriter {
    static func nameTaken(by other: TokenRecord) -> AgentError {
        let name = other.name.isEmpty ? "without a name" : "named “\(other.name)”"
        return .conflict(
            .alreadyExists,
            "token \(other.id) \(name) for audience \(other.audience) exists already: rotate or revoke "
                + "it, or give this one another name")
    }

    /// Somebody who is there, by the store's word or by the directory's own of just now.
    ///
    /// Of two words the later counts: who was gone and has been seen since is back, or their token would be
    /// obsolete from the start. Anybody else who is known stays as the last reading left them.
    mutating func welcome(_ person: PersonRecord, at now: Timestamp, by: Author) throws {
        guard let known = try reader.person(person.id) else { return try put(person) }
        guard known.standing == .gone else { return }
        guard person.since > known.since else {
            throw AgentError.notFound("\(person.person.login) is gone from \(person.id.source)")
        }
        var back = person
        back.since = now
        // Those of before they left may be theirs no more: the next full reading knows.
        back.memberships = []
        try put(back)
        let detail = "\(person.person.login), who was gone, asks for a token and is there"
        try append(AuditEvent(at: now, kind: .userBack, owner: person.id, by: by, detail: detail))
    }
}

extension StoreReader {
    /// The one conflict that a caller can mend, told in their words.
    func nameTaken(_ record: TokenRecord) throws -> any Error {
        let other = try liveToken(owner: record.owner, audience: record.audience, name: record.name)
        return other.map { StoreWriter.nameTaken(by: $0) } ?? StoreConflict.duplicateName
    }
}

extension AuditEvent {
    static func of(
        _ token: TokenRecord, _ kind: Kind, at: Timestamp, by: Author, detail: String = ""
    ) -> AuditEvent {
        AuditEvent(at: at, kind: kind, token: token.id, owner: token.owner, by: by, detail: detail)
    }
}
