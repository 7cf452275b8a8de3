extension Filter {
    /// Is `entry` one of those meant? Text compares without letter case, as people's attributes do.
    func matches(_ entry: Entry) -> Bool {
        switch self {
        case .and(let parts): parts.allSatisfy { $0.matches(entry) }
        case .or(let parts): parts.contains { $0.matches(entry) }
        case .not(let part): !part.matches(entry)
        case .present(let name): !entry.valuesUnderAnyOption(name).isEmpty
        case .equal(let name, let wanted):
            entry.valuesUnderAnyOption(name).contains { Self.folded($0) == Self.folded(wanted) }
        case .atLeast(let name, let bound):
            entry.valuesUnderAnyOption(name).contains { !Self.isOrdered($0, before: bound) }
        case .atMost(let name, let bound):
            entry.valuesUnderAnyOption(name).contains { !Self.isOrdered(bound, before: $0) }
        case .substrings(let name, let pattern):
            entry.valuesUnderAnyOption(name).contains { pattern.matches($0) }
        case .extensible: false
        }
    }

    /// Octets that are no text compare as they are.
    fileprivate static func folded(_ value: [UInt8]) -> [UInt8] {
        guard let text = String(validating: value, as: UTF8.self) else { return value }
        return Array(text.lowercased().split(separator: " ").joined(separator: " ").utf8)
    }

    /// Numbers by size, everything else by letter.
    private static func isOrdered(_ value: [UInt8], before other: [UInt8]) -> Bool {
        if let a = Int64(String(decoding: value, as: UTF8.self)),
            let b = Int64(String(decoding: other, as: UTF8.self))
        {
            return a < b
        }
        return folded(value).lexicographicallyPrecedes(folded(other))
    }
}

extension Filter.Substrings {
    func matches(_ value: [UInt8]) -> Bool {
        var rest = Filter.folded(value)[...]
        if let initial {
            let start = Filter.folded(initial)
            guard rest.starts(with: start) else { return false }
            rest = rest.dropFirst(start.count)
        }
        if let final {
            let end = Filter.folded(final)
            guard rest.count >= end.count, rest.suffix(end.count).elementsEqual(end) else { return false }
            rest = rest.dropLast(end.count)
        }
        for part in any.map(Filter.folded) {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
