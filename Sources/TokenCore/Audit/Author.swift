/// Who did something, and how that is known.
package struct Author: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// In words: `uid 0 (root)`, `token NFWIevo8 (alice)`, `reading 5 of corp from ldaps://…`.
    package var name: String
    /// By what they were known, over which connection, and in which role; nil for what the daemon does by
    /// itself.
    package var how: String?

    package init(_ name: String, how: String? = nil) {
        self.name = name
        self.how = how
    }

    package init(stringLiteral name: String) { self.init(name) }
}

extension Author: CustomStringConvertible {
    package var description: String { name }
}
