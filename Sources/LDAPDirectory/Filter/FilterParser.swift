/// Reads RFC 4515, strictly but for spaces between the parts, which libldap allows as well.
struct FilterParser {
    struct Failure: Error {
        let offset: Int
        let reason: String
    }

    /// Deeper ones are nobody's filter, and would overflow the stack.
    static let depthMax = 64

    private let octets: [UInt8]
    private var position = 0

    init(_ text: String) { octets = Array(text.utf8) }

    mutating func parseWhole() throws(Failure) -> Filter {
        skipSpaces()
        let filter = try parse(depth: 0)
        skipSpaces()
        guard position == octets.count else { throw failure("something follows the last parenthesis") }
        return filter
    }

    private mutating func parse(depth: Int) throws(Failure) -> Filter {
        guard depth < Self.depthMax else { throw failure("nested too deeply") }
        try expect(UInt8(ascii: "("))
        skipSpaces()
        let filter: Filter
        switch peek {
        case UInt8(ascii: "&"):
            filter = .and(try list(depth))
        case UInt8(ascii: "|"):
            filter = .or(try list(depth))
        case UInt8(ascii: "!"):
            position += 1
            skipSpaces()
            filter = .not(try parse(depth: depth + 1))
            skipSpaces()
        default:
            filter = try item()
        }
        try expect(UInt8(ascii: ")"))
        return filter
    }

    private mutating func list(_ depth: Int) throws(Failure) -> [Filter] {
        position += 1
        var filters: [Filter] = []
        skipSpaces()
        while peek == UInt8(ascii: "(") {
            filters.append(try parse(depth: depth + 1))
            skipSpaces()
        }
        return filters
    }

    private mutating func item() throws(Failure) -> Filter {
        let start = position
        while let octet = peek, !Self.endsAttribute.contains(octet) { position += 1 }
        let attribute = String(decoding: octets[start..<position], as: UTF8.self)
            .split(separator: " ").joined().lowercased()
        let sign = peek
        if sign == UInt8(ascii: ":") { return .extensible(try extensible(from: start)) }
        guard !attribute.isEmpty else { throw failure("an attribute is missing") }
        if sign != UInt8(ascii: "=") { position += 1 }
        try expect(UInt8(ascii: "="))
        let parts = try value()
        switch sign {
        case UInt8(ascii: "="): return equality(attribute, parts)
        case UInt8(ascii: ">"): return .atLeast(attribute, try single(parts))
        case UInt8(ascii: "<"): return .atMost(attribute, try single(parts))
        case UInt8(ascii: "~"): return .equal(attribute, try single(parts))
        default: throw failure("=, >=, <= or ~= is missing")
        }
    }

    private static let endsAttribute = Set("=><~:()*".utf8)

    private func equality(_ attribute: String, _ parts: [[UInt8]]) -> Filter {
        guard parts.count > 1 else { return .equal(attribute, parts[0]) }
        guard parts.count > 2 || !parts.allSatisfy(\.isEmpty) else { return .present(attribute) }
        let any = parts.dropFirst().dropLast().filter { !$0.isEmpty }
        let substrings = Filter.Substrings(
            initial: parts[0].isEmpty ? nil : parts[0], any: Array(any),
            final: parts[parts.count - 1].isEmpty ? nil : parts[parts.count - 1])
        return .substrings(attribute, substrings)
    }

    private func single(_ parts: [[UInt8]]) throws(Failure) -> [UInt8] {
        guard parts.count == 1 else { throw failure("an asterisk has no place here") }
        return parts[0]
    }

    /// Up to the closing parenthesis, cut at asterisks.
    private mutating func value() throws(Failure) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        while let octet = peek, octet != UInt8(ascii: ")") {
            position += 1
            switch octet {
            case UInt8(ascii: "*"): parts.append([])
            case UInt8(ascii: "\\"): parts[parts.count - 1].append(try escaped())
            case UInt8(ascii: "("), 0: throw failure("this must be escaped")
            default: parts[parts.count - 1].append(octet)
            }
        }
        return parts
    }

    private mutating func escaped() throws(Failure) -> UInt8 {
        guard position + 2 <= octets.count,
            let octet = Hexadecimal.octets(
                String(decoding: octets[position..<position + 2], as: UTF8.self))
        else { throw failure("two hexadecimal digits must follow a backslash") }
        position += 2
        return octet[0]
    }

    private mutating func extensible(from start: Int) throws(Failure) -> String {
        while let octet = peek, octet != UInt8(ascii: "="), octet != UInt8(ascii: ")") { position += 1 }
        try expect(UInt8(ascii: "="))
        _ = try single(try value())
        return String(decoding: octets[start..<position], as: UTF8.self)
    }

    private var peek: UInt8? { position < octets.count ? octets[position] : nil }

    private mutating func skipSpaces() { while peek == UInt8(ascii: " ") { position += 1 } }

    private mutating func expect(_ octet: UInt8) throws(Failure) {
        guard peek == octet else { throw failure("\(Character(Unicode.Scalar(octet))) is missing") }
        position += 1
    }

    private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }
}
