package import TokenCore

/// How owners and terms are spelled in answers: given by who speaks the protocol, once; the index carries
/// the bytes and reads nothing in them.
package struct AnswerRendering: Sendable {
    package typealias RenderOwner = @Sendable (_ id: OwnerID, _ login: String, _ email: String?) -> [UInt8]
    package typealias RenderTerms =
        @Sendable (_ audience: String, _ name: String, _ write: Bool, _ flags: [String]) -> [UInt8]

    let owner: RenderOwner
    let terms: RenderTerms

    package init(owner: @escaping RenderOwner, terms: @escaping RenderTerms) {
        self.owner = owner
        self.terms = terms
    }

    /// Nothing: whoever answers spells each out.
    package static let none = AnswerRendering(owner: { _, _, _ in [] }, terms: { _, _, _, _ in [] })
}
