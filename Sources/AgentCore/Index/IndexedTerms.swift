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

    /// Byte for byte, as a demand compares them.
    static func == (a: Self, b: Self) -> Bool {
        Spelling(a.audience) == Spelling(b.audience) && Spelling(a.name) == Spelling(b.name)
            && a.write == b.write && a.flags.elementsEqual(b.flags) { Spelling($0) == Spelling($1) }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(Spelling(audience))
        hasher.combine(Spelling(name))
        hasher.combine(write)
        for flag in flags { hasher.combine(Spelling(flag)) }
    }
}

extension TermsKey {
    init(_ terms: TokenTerms) {
        self.init(audience: terms.audience, name: terms.name, write: terms.write, flags: terms.flags)
    }
}
