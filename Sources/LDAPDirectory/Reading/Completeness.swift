import TokenCore

/// Keeps the books of one reading, and says at its end whether it holds together.
///
/// Only hashes are kept, so that memory does not grow with what the entries hold. Two ids with one hash would
/// make a complete reading look incomplete, never the other way round.
struct Completeness {
    private var names = WordTable()
    private var withoutID = 0
    private var ambiguous = 0
    private var references = 0
    private var example: String?

    var people: Int { names.count }

    /// Notes one person. False if they were noted before.
    mutating func note(_ person: Person) -> Bool {
        let name = TextDigest.of(person.dn)
        guard let before = names.update(TextDigest.of(person.id.id), to: name) else { return true }
        if before != name {
            ambiguous += 1
            example = example ?? person.dn
        }
        return false
    }

    mutating func noteWithoutID(dn: String) {
        withoutID += 1
        example = example ?? dn
    }

    mutating func noteReferences(_ count: Int) { references += count }

    /// Throws unless everybody there is was read.
    ///
    /// A continuation reference (RFC 4511 4.5.3) means that part of the tree lies on another server, which is
    /// not followed: its people were not read.
    func finish(server: String, id: StableID, mayBeEmpty: Bool = false) throws(DirectoryError) {
        let reason: String
        if withoutID > 0 {
            reason = "\(withoutID) without a readable \(id.attribute), such as \(example ?? "")"
        } else if ambiguous > 0 {
            reason = "\(ambiguous) with the \(id.attribute) of somebody else, such as \(example ?? "")"
        } else if references > 0 {
            reason = "\(references) references to other servers, which hold people that were not read"
        } else if names.count == 0 && !mayBeEmpty {
            reason = "it succeeded with nobody: a wrong base or filter, or rights that were taken away"
        } else {
            return
        }
        throw .incomplete(server: server, reason: reason)
    }
}
