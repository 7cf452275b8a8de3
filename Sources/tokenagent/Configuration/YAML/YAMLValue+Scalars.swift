import Yams

extension YAMLValue where Value == String {
    /// A string as YAML understands it: `123`, `yes` and dates have to be quoted to be one.
    static var string: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            guard case .scalar(let scalar) = node, scalar.resolvedName == .str else {
                throw YAMLRefusal("expected a string, not \(node.kindInWords)")
            }
            guard !scalar.string.isEmpty else { throw YAMLRefusal("expected a string that is not empty") }
            guard !scalar.string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw YAMLRefusal("expected a string without control characters") }
            return scalar.string
        }
    }

    /// A string where numbers, booleans and dates are taken as they are written: logins and attribute values.
    static var text: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            guard case .scalar(let scalar) = node, !node.isNull else {
                throw YAMLRefusal("expected a string, not \(node.kindInWords)")
            }
            return try string.read(.scalar(.init(scalar.string, Tag(.str), .doubleQuoted, scalar.mark)))
        }
    }

    /// A path must be absolute, because a daemon's working directory is nobody's. It is not repeated in the
    /// refusal: what stands in the place of a password file's name may be the password.
    static var absolutePath: Self {
        string.map { (path) throws(YAMLRefusal) in
            guard path.hasPrefix("/") else { throw YAMLRefusal("expected an absolute path") }
            return path
        }
    }
}

extension YAMLValue where Value == Bool {
    static var bool: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            guard case .scalar(let scalar) = node, scalar.resolvedName == .bool, let value = node.bool else {
                throw YAMLRefusal("expected true or false, not \(node.kindInWords)")
            }
            return value
        }
    }
}

extension YAMLValue where Value == Int {
    /// Decimal only: `010` is 8 to one reader of YAML and 10 to another.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            let expected = "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
            guard case .scalar(let scalar) = node, [.int, .float].contains(scalar.resolvedName) else {
                throw YAMLRefusal("\(expected), not \(node.kindInWords)")
            }
            guard let value = Int(scalar.string), String(value) == scalar.string, range.contains(value) else {
                throw YAMLRefusal("\(expected), not \(scalar.string)")
            }
            return value
        }
    }
}

extension YAMLValue where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            guard case .scalar(let scalar) = node, scalar.resolvedName == .str else {
                throw YAMLRefusal(
                    "expected a duration such as 500ms, 10s, 5m, 24h or 30d, not \(node.kindInWords)")
            }
            guard let value = Duration(text: scalar.string) else {
                throw YAMLRefusal("expected a duration such as 500ms, 10s, 5m, 24h or 30d")
            }
            guard range.contains(value) else {
                let limits = "from \(range.lowerBound.text) to \(range.upperBound.text)"
                throw YAMLRefusal("expected a duration \(limits), not \(scalar.string)")
            }
            return value
        }
    }
}

extension YAMLValue where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's words.
    static var word: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            let words = Value.allCases.map(\.rawValue)
            let expected = "expected \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
            guard case .scalar(let scalar) = node else {
                throw YAMLRefusal("\(expected), not \(node.kindInWords)")
            }
            guard let value = Value(rawValue: scalar.string) else {
                let suggestion = NearMiss.suggestion(for: scalar.string, among: words)
                throw YAMLRefusal(expected + suggestion)
            }
            return value
        }
    }
}
