/// What decides who is read of a source, in one text that can be taken apart again: nothing in it is secret,
/// and whoever changes the configuration is to be told what of it counts.
package enum Fingerprint {
    package typealias Part = (name: String, value: String)

    /// Each part carries its length, so that no two settings spell the same text.
    package static func text(_ parts: [Part]) -> String {
        parts.map { "\($0.name) \($0.value.utf8.count):\($0.value)" }.joined(separator: "\n")
    }

    /// In which keys of the configuration two of them differ, as they are in the documents. None where one
    /// was not written by `text`.
    package static func changedKeys(from former: String, to present: String) -> [String] {
        guard let former = parts(of: former), let present = parts(of: present) else { return [] }
        return keys.filter { _, names in
            let (was, are) = (
                former.filter { names.contains($0.name) }, present.filter { names.contains($0.name) }
            )
            return !was.elementsEqual(are, by: ==)
        }.map { key, _ in
            key == "bind" ? bindKey(former, present) : key
        }
    }

    /// The configuration's keys, and which parts tell of them. `scope` is none of them.
    private static let keys: [(key: String, names: Set<String>)] = [
        ("url", ["url", "file"]), ("base", ["base"]), ("filter", ["filter"]), ("bind", ["bind"]),
        ("id", ["id"]), ("disabled", ["disabled", "disabled value"]),
    ]

    /// Where it binds in the same way as before, what has changed is the name in it.
    private static func bindKey(_ former: [Part], _ present: [Part]) -> String {
        let ways = [former, present].map { parts in
            parts.first { $0.name == "bind" }?.value.split(separator: " ").first ?? ""
        }
        guard ways[0] == ways[1] else { return "bind" }
        return ways[0] == "simple" ? "bind_dn" : "cert_file"
    }

    private static func parts(of text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = Substring(text).utf8
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
                let space = rest[..<colon].lastIndex(of: UInt8(ascii: " ")),
                let count = Int(String(decoding: rest[rest.index(after: space)..<colon], as: UTF8.self))
            else { return nil }
            let value = rest[rest.index(after: colon)...].prefix(max(count, 0))
            guard value.count == count else { return nil }
            parts.append(
                (
                    String(decoding: rest[..<space], as: UTF8.self), String(decoding: value, as: UTF8.self)
                ))
            rest = rest[value.endIndex...]
            guard let next = rest.first else { break }
            guard next == UInt8(ascii: "\n") else { return nil }
            rest = rest.dropFirst()
        }
        return parts
    }
}
