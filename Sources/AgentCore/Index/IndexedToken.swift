package import TokenCore

/// A token as the index knows it: a copy of what verifying needs.
package struct IndexedToken: Sendable {
    package let id: UserCode
    package let facts: TokenFacts
    package let terms: IndexedTerms
}

/// A token where it stands, with its owner and its terms. Nothing of it changes or goes while the index shows
/// it, for its shard is locked; nothing of it may be kept, but for `token` and `owner`.
package struct TokenEntry: ~Copyable {
    package let id: UserCode
    package let facts: TokenFacts
    private let ownerBlock: AnswerBlock
    private let termsBlock: AnswerBlock

    @inline(__always)
    init(_ id: UserCode, _ facts: TokenFacts, owner: AnswerBlock, terms: AnswerBlock) {
        self.id = id
        self.facts = facts
        ownerBlock = owner
        termsBlock = terms
    }

    @inline(__always)
    var standing: Standing { ownerBlock.standing }
    package var ownerAnswer: UnsafeRawBufferPointer { ownerBlock.answer }
    package var termsAnswer: UnsafeRawBufferPointer { termsBlock.answer }

    package var token: IndexedToken { IndexedToken(id: id, facts: facts, terms: terms) }
    package var owner: IndexedOwner { ownerBlock.object(IndexedOwner.self) }
    var terms: IndexedTerms { termsBlock.object(IndexedTerms.self) }
}
