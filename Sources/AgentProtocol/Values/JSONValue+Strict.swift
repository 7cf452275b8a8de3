extension JSONValue {
    /// What is wrong with a text that is not JSON. It quotes none of it.
    public struct Fault: Error, Hashable, Sendable {
        public let reason: String
    }

    /// A whole text as RFC 8259 has it: UTF-8, nested `Limits.jsonDepthMax` deep at most, read in one pass.
    ///
    /// For what strangers send. Foundation's decoder guesses other encodings, recurses as deep as the text
    /// does, and tries each type at each level. A name given twice is refused: a request must mean one thing.
    public init(strict text: [UInt8]) throws(Fault) {
        let result = text.withUnsafeBytes { bytes in
            Result { () throws(ScanError) in
                var scanner = JSONScanner(bytes)
                scanner.skipSpace()
                let value = try scanner.tree(depth: 0)
                try scanner.expectEnd()
                return value
            }
        }
        do { self = try result.get() } catch { throw Fault(reason: error.reason.rawValue) }
    }
}

extension JSONScanner {
    /// One value, and all that is in it. `depth` counts what is open around it.
    fileprivate mutating func tree(depth: Int) throws(ScanError) -> JSONValue {
        switch try kind() {
        case .object: return .object(try members(depth: depth + 1))
        case .array: return .array(try elements(depth: depth + 1))
        case .string: return .string(text(try string()))
        case .number: return try numberValue()
        case .literal:
            return switch try literal() {
            case .null: .null
            case .true: .boolean(true)
            case .false: .boolean(false)
            }
        }
    }

    private mutating func members(depth: Int) throws(ScanError) -> [String: JSONValue] {
        try open(depth: depth)
        var members: [String: JSONValue] = [:]
        var isFirst = true
        while let name = try nextMember(isFirst: isFirst) {
            let earlier = members.updateValue(try tree(depth: depth), forKey: text(name))
            guard earlier == nil else { throw ScanError(reason: .doubleMember, offset: position) }
            isFirst = false
        }
        return members
    }

    private mutating func elements(depth: Int) throws(ScanError) -> [JSONValue] {
        try open(depth: depth)
        var elements: [JSONValue] = []
        while try nextElement(isFirst: elements.isEmpty) { elements.append(try tree(depth: depth)) }
        return elements
    }

    /// 1.0 is the whole number that it is.
    private mutating func numberValue() throws(ScanError) -> JSONValue {
        let start = position
        let isInteger = try number()
        let spelled = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let whole = Int64(spelled) { return .integer(whole) }
        guard let value = Double(spelled), value.isFinite else {
            throw ScanError(reason: .badNumber, offset: start)
        }
        return Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
    }
}
