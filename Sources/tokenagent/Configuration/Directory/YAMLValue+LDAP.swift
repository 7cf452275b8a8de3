import Yams

extension YAMLValue where Value == String {
    /// Looks at the shape only (RFC 4514): every part between unescaped commas is `attribute=value`.
    static var distinguishedName: Self {
        string.map { (text) throws(YAMLRefusal) in
            guard isDistinguishedName(text) else {
                throw YAMLRefusal("expected a DN, such as ou=people,dc=example,dc=org")
            }
            return text
        }
    }

    /// A DN, or what Active Directory takes in its place ([MS-ADTS] 5.1.1.1.1): `user@domain`, `DOMAIN\user`.
    static var bindName: Self {
        string.map { (text) throws(YAMLRefusal) in
            let halves = text.split(whereSeparator: { "@\\".contains($0) })
            let isAccount =
                !text.contains("=") && halves.count == 2 && halves.allSatisfy { !$0.contains(" ") }
            guard isAccount || isDistinguishedName(text) else {
                throw YAMLRefusal("expected a DN, such as cn=reader,dc=example,dc=org")
            }
            return text
        }
    }

    /// A filter (RFC 4515): parentheses in balance around everything, each innermost pair an assertion, `\`
    /// only before two hexadecimal digits. The server has the last word.
    static var filter: Self {
        string.map { (text) throws(YAMLRefusal) in
            let expected = "expected a filter, such as (objectClass=inetOrgPerson)"
            guard text.first == "(" else { throw YAMLRefusal("\(expected), in parentheses") }
            guard hasBalancedParentheses(text) else {
                throw YAMLRefusal("\(expected): its parentheses are not in balance")
            }
            guard hasAssertionsOnly(text) else {
                throw YAMLRefusal("\(expected): a part of it compares nothing")
            }
            guard hasHexadecimalEscapes(text) else {
                throw YAMLRefusal("\(expected): a backslash comes before two hexadecimal digits")
            }
            return text
        }
    }

    static var attributeName: Self {
        string.map { (text) throws(YAMLRefusal) in
            let isName = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: ";"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isName else { throw YAMLRefusal("expected the name of an attribute") }
            return text
        }
    }

    private static func isDistinguishedName(_ text: String) -> Bool {
        var part = ""
        var parts: [String] = []
        var escaped = false
        var quoted = false
        for character in text {
            if !escaped, character == "\"" { quoted.toggle() }
            if !escaped, !quoted, character == "," {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
            escaped = !escaped && character == "\\"
        }
        parts.append(part)
        return !escaped && !quoted
            && parts.allSatisfy { part in
                guard let equals = part.firstIndex(of: "=") else { return false }
                return part[..<equals].contains { $0 != " " }
            }
    }

    private static func hasBalancedParentheses(_ text: String) -> Bool {
        var depth = 0
        for (offset, character) in text.enumerated() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            // Back at nothing before the end: two filters side by side, or one parenthesis too many.
            if depth < 0 || (depth == 0 && offset < text.count - 1) { return false }
        }
        return depth == 0
    }

    private static func hasAssertionsOnly(_ text: String) -> Bool {
        text.split(separator: "(").allSatisfy { piece in
            guard let end = piece.firstIndex(of: ")") else { return ["&", "|", "!"].contains(piece) }
            return piece[..<end].dropFirst().contains("=")
        }
    }

    private static func hasHexadecimalEscapes(_ text: String) -> Bool {
        text.split(separator: "\\", omittingEmptySubsequences: false).dropFirst().allSatisfy { piece in
            piece.prefix(2).count == 2 && piece.prefix(2).allSatisfy(\.isHexDigit)
        }
    }
}
