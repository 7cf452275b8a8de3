import TokenCore

/// A search filter (RFC 4515), for an LDIF file and for checking what is configured before a server sees it.
indirect enum Filter: Hashable, Sendable {
    case and([Filter])
    case or([Filter])
    case not(Filter)
    case present(String)
    /// Approximately equal (`~=`) is equal, as RFC 4511 4.5.1.7.6 allows.
    case equal(String, [UInt8])
    case atLeast(String, [UInt8])
    case atMost(String, [UInt8])
    case substrings(String, Substrings)
    /// `attr:rule:=value`. Servers have those rules; a file has not.
    case extensible(String)

    struct Substrings: Hashable, Sendable {
        var initial: [UInt8]?
        var any: [[UInt8]]
        var final: [UInt8]?
    }

    /// Refuses a filter that does not parse: spliced into another, it could mean anything.
    static func check(_ text: String) throws(DirectoryError) { _ = try parse(text) }

    static func parse(_ text: String) throws(DirectoryError) -> Filter {
        var parser = FilterParser(text)
        do {
            return try parser.parseWhole()
        } catch {
            throw .misconfigured(
                detail: "the filter \(text) is malformed at octet \(error.offset): \(error.reason)")
        }
    }

    /// The attributes it looks at, those of matching rules aside.
    var attributes: [String] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap(\.attributes)
        case .not(let part): part.attributes
        case .present(let name), .equal(let name, _), .atLeast(let name, _), .atMost(let name, _),
            .substrings(let name, _):
            [name]
        case .extensible: []
        }
    }

    var isExtensible: Bool {
        switch self {
        case .and(let parts), .or(let parts): parts.contains(where: \.isExtensible)
        case .not(let part): part.isExtensible
        case .extensible: true
        case .present, .equal, .atLeast, .atMost, .substrings: false
        }
    }
}
