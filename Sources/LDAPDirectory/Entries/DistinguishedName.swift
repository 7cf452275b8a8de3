/// A distinguished name (RFC 4514), taken apart far enough to say whether one lies under another.
///
/// Types and values compare without letter case, and runs of spaces count as one: the matching rules of all
/// naming attributes that people's entries have.
struct DistinguishedName: Hashable, Sendable {
    /// From the entry up to the root. The parts of a multi-valued RDN are sorted, as their order means
    /// nothing.
    private let rdns: [[String]]

    /// nil for a text that is no distinguished name.
    init?(_ text: String) {
        guard !text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else {
            rdns = []
            return
        }
        var rdns: [[String]] = []
        for rdn in Self.split(text, at: ",") {
            var parts: [String] = []
            for part in Self.split(rdn, at: "+") {
                guard let normal = Self.normal(part) else { return nil }
                parts.append(normal)
            }
            rdns.append(parts.sorted())
        }
        self.rdns = rdns
    }

    var depth: Int { rdns.count }

    /// Is this `base` itself, or below it?
    func lies(under base: DistinguishedName) -> Bool {
        rdns.count >= base.rdns.count && rdns.suffix(base.rdns.count).elementsEqual(base.rdns)
    }

    private static func split(_ text: some StringProtocol, at separator: Unicode.Scalar) -> [String] {
        var parts = [String.UnicodeScalarView()]
        var escaped = false
        for scalar in text.unicodeScalars {
            if scalar == separator && !escaped {
                parts.append(String.UnicodeScalarView())
                continue
            }
            parts[parts.count - 1].append(scalar)
            escaped = scalar == "\\" && !escaped
        }
        return parts.map(String.init)
    }

    private static func normal(_ part: String) -> String? {
        let scalars = part.unicodeScalars
        guard let equals = scalars.firstIndex(of: "=") else { return nil }
        let type = String(scalars[..<equals]).split(separator: " ").joined().lowercased()
        guard !type.isEmpty, let value = unescaped(scalars[scalars.index(after: equals)...]) else {
            return nil
        }
        let folded = value.lowercased().split(separator: " ").joined(separator: " ")
        return type + "=" + folded
    }

    /// `#` and hexadecimal digits (BER) stay as they are: servers use that form consistently, or not at all.
    private static func unescaped(_ value: String.UnicodeScalarView.SubSequence) -> String? {
        var octets: [UInt8] = []
        var rest = value
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                octets += String(scalar).utf8
                continue
            }
            guard let first = rest.popFirst() else { return nil }
            if let high = hexadecimal(first), let low = rest.first.flatMap(hexadecimal) {
                rest.removeFirst()
                octets.append(high << 4 | low)
            } else {
                octets += String(first).utf8
            }
        }
        return String(validating: octets, as: UTF8.self)
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> UInt8? {
        Character(scalar).hexDigitValue.map { UInt8($0) }
    }
}
