import Foundation

/// A list of strings as a JSON array, the form that SQLite's own functions and people can read.
///
/// Lists are short and plain, and a million of them are read at start: JSONDecoder is only for those with
/// escapes.
enum TextList {
    static func encode(_ list: [String]) -> String {
        if list.isEmpty { return "[]" }
        return "[" + list.map(quote).joined(separator: ",") + "]"
    }

    static func decode(_ text: String) throws -> [String] {
        if text == "[]" { return [] }
        if text.utf8.contains(UInt8(ascii: "\\")) { return try decodeEscaped(text) }
        // Without escapes, every second piece between quotes is an element.
        let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard pieces.count % 2 == 1, pieces.first == "[", pieces.last == "]" else {
            return try decodeEscaped(text)
        }
        return stride(from: 1, to: pieces.count, by: 2).map { String(pieces[$0]) }
    }

    private static func decodeEscaped(_ text: String) throws -> [String] {
        do {
            return try JSONDecoder().decode([String].self, from: Data(text.utf8))
        } catch {
            throw StorageError.corrupt(detail: "a list that is no JSON array of strings")
        }
    }

    /// RFC 8259, section 7: quotes, backslashes and control characters must be escaped.
    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted.unicodeScalars.append("\\")
                quoted.unicodeScalars.append(scalar)
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
