/// A piece of text in a table or a card, of one colour.
struct Cell: Hashable, Sendable {
    let text: String
    var colour: Colour?

    init(_ text: String, _ colour: Colour? = nil) {
        self.text = text.printable
        self.colour = colour
    }

    /// What is not there, so that a column never looks forgotten.
    static let none = Cell("-", .faint)
}

extension Cell: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(text) }
}
