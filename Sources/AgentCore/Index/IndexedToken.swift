package import TokenCore

/// A token as the index knows it: a copy of what verifying needs.
package struct IndexedToken: Sendable {
    package let id: UserCode
    package let facts: TokenFacts
    package let terms: IndexedTerms
    let lastUse: Int64
}

/// What verifying needs to know of an owner. Replaced as a whole, never changed.
package final class IndexedOwner: Sendable {
    package let standing: Standing
    /// How the owner stands in answers, rendered once.
    package let answer: AnswerPiece
    package let id: OwnerID
    package let login: String
    package let email: String?

    /// From a service, which is in no directory and always present, or from a person.
    init(id: OwnerID, person: PersonRecord?, _ rendering: AnswerRendering) {
        self.id = id
        login = person?.person.login ?? id.id
        email = person?.person.email
        standing = person?.standing ?? .present
        answer = AnswerPiece(rendering.owner(id, login, email))
    }

    deinit { answer.free() }

    func isSame(as other: IndexedOwner) -> Bool {
        standing == other.standing && id == other.id && login == other.login && email == other.email
    }
}

/// What tokens are made for, but for the time they expire: most share it with many others.
package final class IndexedTerms: Sendable {
    package let write: Bool
    /// How the terms stand in answers, rendered once.
    package let answer: AnswerPiece
    package let audience: String
    package let name: String
    package let flags: [String]

    init(_ key: TermsKey, _ rendering: AnswerRendering) {
        audience = key.audience
        name = key.name
        write = key.write
        flags = key.flags
        answer = AnswerPiece(rendering.terms(audience, name, write, flags))
    }

    deinit { answer.free() }

    var key: TermsKey { TermsKey(audience: audience, name: name, write: write, flags: flags) }
}

struct TermsKey: Hashable {
    var audience: String
    var name: String
    var write: Bool
    var flags: [String]
}
