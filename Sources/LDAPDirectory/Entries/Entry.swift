/// One entry of a directory: its name and the values that were read. Values are octets until someone asks for
/// text.
///
/// They stand one after another in one piece of memory: of a directory there may be a million entries, and
/// most values are never asked for twice.
struct Entry: Hashable, Sendable {
    private struct Value: Hashable, Sendable {
        /// The attribute description, in any letter case.
        let attribute: String
        let range: Range<Int>
    }

    var dn: String
    private var values: [Value] = []
    private var octets: [UInt8] = []

    init(dn: String, attributes: [String: [[UInt8]]] = [:]) {
        self.dn = dn
        for (attribute, values) in attributes {
            for value in values { append(value, to: attribute) }
        }
    }

    /// Makes room at once for all that will be appended.
    mutating func reserve(values count: Int, octets size: Int) {
        values.reserveCapacity(count)
        octets.reserveCapacity(size)
    }

    mutating func append(_ value: some Sequence<UInt8>, to attribute: String) {
        let start = octets.count
        octets += value
        values.append(Value(attribute: attribute, range: start..<octets.count))
    }

    var isEmpty: Bool { values.isEmpty }

    func values(_ attribute: String) -> [[UInt8]] { slices(attribute).map(Array.init) }

    /// With the values under options (`cn;lang-en`), which are subtypes (RFC 4512 2.5.2).
    func valuesUnderAnyOption(_ attribute: String) -> [[UInt8]] {
        values.filter { AttributeName.same($0.attribute.prefix { $0 != ";" }, attribute) }
            .map { Array(octets[$0.range]) }
    }

    func has(_ attribute: String) -> Bool {
        for index in values.indices where AttributeName.same(values[index].attribute, attribute) {
            return true
        }
        return false
    }

    /// The value of an attribute that has exactly one.
    func onlyValue(_ attribute: String) -> ArraySlice<UInt8>? {
        var found: Range<Int>?
        for index in values.indices where AttributeName.same(values[index].attribute, attribute) {
            guard found == nil else { return nil }
            found = values[index].range
        }
        return found.map { octets[$0] }
    }

    /// The first value that is text, not blank, and not too long. One with a NUL is none: C's strings end
    /// there, SQLite's as they are read among them, and somebody called "boss, NUL, x" must not come back as
    /// "boss".
    func text(_ attribute: String, octetsMax: Int = .max) -> String? {
        for index in values.indices where AttributeName.same(values[index].attribute, attribute) {
            guard values[index].range.count <= octetsMax else { continue }
            let text = octets.withUnsafeBufferPointer { octets in
                let value = UnsafeBufferPointer(rebasing: octets[values[index].range])
                return value.contains(0) ? nil : UTF8Text.validated(value)
            }
            if let text, !Self.isBlank(text) { return text }
        }
        return nil
    }

    func texts(_ attribute: String) -> [String] {
        slices(attribute).compactMap { String(validating: $0, as: UTF8.self) }
    }

    private func slices(_ attribute: String) -> some Sequence<ArraySlice<UInt8>> {
        values.lazy.filter { AttributeName.same($0.attribute, attribute) }.map { octets[$0.range] }
    }

    private static func isBlank(_ text: String) -> Bool {
        // Nearly every text shows at its first letter that it is not.
        if let first = text.utf8.first, (0x21...0x7e).contains(first) { return false }
        return text.allSatisfy(\.isWhitespace)
    }
}

/// Attribute descriptions compare without letter case (RFC 4512 2.5), and are ASCII.
enum AttributeName {
    @inline(__always)
    static func same(_ a: some StringProtocol, _ b: String) -> Bool { same(b, a.utf8) }

    /// Nearly always they are spelled as they were asked for.
    @inline(__always)
    static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && (a == b || same(a, b.utf8))
    }

    @inline(__always)
    static func same(_ a: String, _ b: some Collection<UInt8>) -> Bool {
        a.utf8.count == b.count && zip(a.utf8, b).allSatisfy { folded($0) == folded($1) }
    }

    static func folded(_ octet: UInt8) -> UInt8 { (0x41...0x5a).contains(octet) ? octet | 0x20 : octet }
}
