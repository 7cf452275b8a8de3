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

/// Bytes that never change, without the book-keeping of an array. They live as long as the object that has
/// them, which frees them.
///
/// `@unchecked`: written before anybody else sees them.
package struct AnswerPiece: @unchecked Sendable {
    package let bytes: UnsafeRawBufferPointer

    init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        self.bytes = UnsafeRawBufferPointer(copy)
    }

    func free() { bytes.deallocate() }
}
