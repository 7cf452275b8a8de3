/// One entry of a directory: its name and the values that were read. Values are octets until someone asks for
/// text.
struct Entry: Hashable, Sendable {
    var dn: String
    /// Keyed by the attribute description in lower case.
    private(set) var attributes: [String: [[UInt8]]]

    init(dn: String, attributes: [String: [[UInt8]]] = [:]) {
        self.dn = dn
        self.attributes = Dictionary(
            attributes.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $0 + $1 })
    }

    mutating func append(_ value: [UInt8], to attribute: String) {
        attributes[attribute.lowercased(), default: []].append(value)
    }

    func values(_ attribute: String) -> [[UInt8]] { attributes[attribute.lowercased()] ?? [] }

    /// The first value that is text and not blank. One with a NUL is none: C's strings end there, SQLite's as
    /// they are read among them, and somebody called "boss, NUL, x" must not come back as "boss".
    func text(_ attribute: String) -> String? {
        values(attribute).lazy.compactMap { String(validating: $0, as: UTF8.self) }
            .first { !$0.utf8.contains(0) && !$0.allSatisfy(\.isWhitespace) }
    }

    func texts(_ attribute: String) -> [String] {
        values(attribute).compactMap { String(validating: $0, as: UTF8.self) }
    }
}
