/// Holds a value against a schema, where it stands in the line, and names the member that does not fit.
struct SchemaChecker {
    private var scanner: JSONScanner
    private var depth: Int
    private var path: [String] = []

    /// `depth` counts the objects and arrays that are open around `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, depth: Int) {
        scanner = JSONScanner(bytes)
        self.depth = depth
    }

    /// Checks the one value that the bytes are.
    mutating func check(_ schema: Schema) throws(RPCError) {
        scanner.skipSpace()
        try checkValue(schema)
        do throws(ScanError) { try scanner.expectEnd() } catch { throw RPCError(error) }
    }

    private mutating func checkValue(_ schema: Schema) throws(RPCError) {
        switch schema {
        case .any: _ = try skip()
        case .string(let bytes): try checkString(bytes)
        case .time: try checkTime()
        case .integer(let range): try checkInteger(range)
        case .number: _ = try scalar(.number, "a number")
        case .boolean: try checkBoolean()
        case .words(let words): try checkWord(words)
        case .array(let element, let max): try checkArray(element, max: max)
        case .object(let properties): try checkObject(properties)
        case .nullable(let schema):
            if scanner.next == UInt8(ascii: "n") { _ = try skip() } else { try checkValue(schema) }
        case .oneOf(let schemas): try checkOne(of: schemas)
        case .reference(let component): try checkValue(component.schema)
        }
    }

    func wrong(_ detail: String) -> RPCError {
        .invalidParams(member: path.isEmpty ? nil : path.joined(separator: "."), detail)
    }

    private mutating func skip() throws(RPCError) -> UnsafeRawBufferPointer {
        do throws(ScanError) {
            let range = try scanner.skipValue(depth: depth)
            return UnsafeRawBufferPointer(rebasing: scanner.bytes[range])
        } catch {
            throw RPCError(error)
        }
    }

    /// Reads over a value that must be of this kind.
    private mutating func scalar(
        _ expected: JSONScanner.Kind, _ word: String
    ) throws(RPCError) -> UnsafeRawBufferPointer {
        let kind: JSONScanner.Kind
        do throws(ScanError) { kind = try scanner.kind() } catch { throw RPCError(error) }
        guard kind == expected else { throw wrong("expected \(word)") }
        return try skip()
    }
}

// MARK: - Scalars

extension SchemaChecker {
    private mutating func string() throws(RPCError) -> [UInt8] {
        let text = try scalar(.string, "a string")
        var inner = JSONScanner(text)
        do throws(ScanError) { return inner.value(try inner.string()) } catch { throw RPCError(error) }
    }

    private mutating func checkString(_ bytes: ClosedRange<Int>) throws(RPCError) {
        let text = try string()
        guard text.count >= bytes.lowerBound else { throw wrong("must not be empty") }
        guard text.count <= bytes.upperBound else { throw wrong("longer than \(bytes.upperBound) bytes") }
        // SQLite's text is read up to the first NUL: two names that differ behind it would be read as one.
        // What is presented to be verified is not kept, and judged whatever it is.
        guard bytes.upperBound >= Limits.lineBytesMax || !text.contains(0) else {
            throw wrong("must not contain U+0000")
        }
    }

    private mutating func checkTime() throws(RPCError) {
        guard WireTime(String(decoding: try string(), as: UTF8.self)) != nil else {
            throw wrong("expected an RFC 3339 time such as 2026-11-21T18:54:43.940Z")
        }
    }

    private mutating func checkWord(_ words: [String]) throws(RPCError) {
        let word = String(decoding: try string(), as: UTF8.self)
        guard words.contains(word) else {
            throw wrong("expected one of " + words.joined(separator: ", ") + Self.instead(of: word))
        }
    }

    /// Names what stands there, if it looks like a word: anything else may be a secret in the wrong place.
    private static func instead(of word: String) -> String {
        let isWord =
            (1...32).contains(word.utf8.count)
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "._-".utf8.contains(byte)
            }
        return isWord ? ", and there is no \(word)" : ""
    }

    private mutating func checkInteger(_ range: ClosedRange<Int64>) throws(RPCError) {
        let text = try scalar(.number, "an integer")
        guard text.allSatisfy({ $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }) else {
            throw wrong("expected an integer")
        }
        guard let value = Int64(String(decoding: text, as: UTF8.self)), range.contains(value) else {
            throw wrong("expected an integer from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private mutating func checkBoolean() throws(RPCError) {
        let text = try scalar(.literal, "a boolean")
        guard !text.equals("null") else { throw wrong("expected a boolean") }
    }
}

// MARK: - Objects, arrays, choices

extension SchemaChecker {
    private mutating func checkArray(_ element: Schema, max: Int?) throws(RPCError) {
        try open(UInt8(ascii: "["), "an array")
        var count = 0
        while try nextElement(isFirst: count == 0) {
            if let max, count >= max { throw wrong("more than \(max) elements") }
            path.append(String(count))
            try checkValue(element)
            path.removeLast()
            count += 1
        }
        depth -= 1
    }

    private mutating func checkObject(_ properties: [Schema.Property]) throws(RPCError) {
        try open(UInt8(ascii: "{"), "an object")
        var seen: [Bool] = Array(repeating: false, count: properties.count)
        var isFirst = true
        while let name = try nextName(isFirst: isFirst) {
            isFirst = false
            path.append(Schema.memberName(name))
            guard let index = properties.firstIndex(where: { $0.name == name }) else {
                throw wrong("unknown member")
            }
            // Parsers disagree about which of two wins (RFC 8259 section 4).
            guard !seen[index] else { throw wrong("given twice") }
            seen[index] = true
            try checkValue(properties[index].schema)
            path.removeLast()
        }
        depth -= 1
        for (property, isSeen) in zip(properties, seen) where property.isRequired && !isSeen {
            path.append(property.name)
            throw wrong("required")
        }
    }

    /// Takes the first that fits. When none does, the one that came furthest knows best what is wrong.
    private mutating func checkOne(of schemas: [Schema]) throws(RPCError) {
        let start = self
        var best: (position: Int, error: RPCError)?
        for schema in schemas {
            self = start
            do throws(RPCError) {
                try checkValue(schema)
                return
            } catch {
                if scanner.position > best?.position ?? -1 { best = (scanner.position, error) }
            }
        }
        throw best?.error ?? wrong("fits nothing that is expected")
    }

    private mutating func open(_ byte: UInt8, _ word: String) throws(RPCError) {
        guard scanner.next == byte else { throw wrong("expected \(word)") }
        depth += 1
        do throws(ScanError) { try scanner.open(depth: depth) } catch { throw RPCError(error) }
    }

    private mutating func nextElement(isFirst: Bool) throws(RPCError) -> Bool {
        do throws(ScanError) { return try scanner.nextElement(isFirst: isFirst) } catch {
            throw RPCError(error)
        }
    }

    private mutating func nextName(isFirst: Bool) throws(RPCError) -> String? {
        do throws(ScanError) {
            return try scanner.nextMember(isFirst: isFirst).map { scanner.text($0) }
        } catch {
            throw RPCError(error)
        }
    }
}
