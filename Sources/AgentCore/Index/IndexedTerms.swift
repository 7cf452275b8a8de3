import TokenCore

/// What tokens are made for, but for the time they expire: most share it with many others.
package final class IndexedTerms: Rendered {
    let key: TermsKey
    /// How the terms stand in answers, rendered once.
    let block: AnswerBlock

    init(_ key: TermsKey, _ rendering: AnswerRendering) {
        self.key = key
        block = AnswerBlock(rendering.terms(key.audience, key.name, key.write, key.flags))
        block.belongs(to: self)
    }

    deinit { block.free() }

    package var audience: String { key.audience }
    package var name: String { key.name }
    package var write: Bool { key.write }
    package var flags: [String] { key.flags }
}

struct TermsKey: Hashable {
    var audience: String
    var name: String
    var write: Bool
    var flags: [String]
}

extension TermsKey {
    init(_ terms: TokenTerms) {
        self.init(audience: terms.audience, name: terms.name, write: terms.write, flags: terms.flags)
    }
}
