package import TokenCore

/// What verifying needs to know of an owner. Replaced as a whole, never changed.
package final class IndexedOwner: Rendered {
    package let standing: Standing
    package let id: OwnerID
    package let login: String
    package let email: String?
    /// How the owner stands in answers, rendered once.
    let block: AnswerBlock

    /// From a service, which is in no directory and always present, or from a person.
    init(id: OwnerID, person: PersonRecord?, _ rendering: AnswerRendering) {
        self.id = id
        login = person?.person.login ?? id.id
        email = person?.person.email
        standing = person?.standing ?? .present
        block = AnswerBlock(rendering.owner(id, login, email), standing: standing)
        block.belongs(to: self)
    }

    deinit { block.free() }

    func isSame(as other: IndexedOwner) -> Bool {
        standing == other.standing && id == other.id && login == other.login && email == other.email
    }
}
