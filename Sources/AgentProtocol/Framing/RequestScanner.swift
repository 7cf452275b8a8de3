/// Reads one line as JSON-RPC 2.0: a request, a notification or a batch of them.
///
/// The whole line is checked before anything is believed, so a broken tail is a parse error whatever stands
/// before it. The specification gives a request four members; any other, or one given twice, makes it an
/// invalid request: parsers disagree about which of two wins (RFC 8259 section 4), and a request must mean
/// one thing.
public enum RequestScanner {
    public static func scan(_ line: UnsafeRawBufferPointer) -> RequestLine {
        do throws(ScanError) {
            var scanner = JSONScanner(line)
            scanner.skipSpace()
            if scanner.next == 0xEF, line.starts(with: [0xEF, 0xBB, 0xBF]) {
                // RFC 8259 section 8.1: not to be sent.
                throw ScanError(reason: .byteOrderMark, offset: 0)
            }
            switch try scanner.kind() {
            case .object:
                let request = try scanner.request(depth: 1)
                try scanner.expectEnd()
                switch request {
                case .request(let frame): return .single(frame)
                case .failure(let error): return .failure(error)
                }
            case .array:
                let batch = try scanner.batch()
                try scanner.expectEnd()
                return batch
            default:
                try scanner.skipValue(depth: 0)
                try scanner.expectEnd()
                return .failure(.invalidRequest("a request is an object"))
            }
        } catch {
            return .failure(RPCError(error))
        }
    }
}

extension JSONScanner {
    /// JSON-RPC 2.0 section 6. An element that is no object gets its own error, as in the specification's
    /// examples.
    fileprivate mutating func batch() throws(ScanError) -> RequestLine {
        try open(depth: 1)
        var entries: [RequestLine.BatchEntry] = []
        var count = 0
        while try nextElement(isFirst: count == 0) {
            count += 1
            if count > Limits.batchMax {
                try skipValue(depth: 1)
            } else if try kind() == .object {
                entries.append(try request(depth: 2))
            } else {
                try skipValue(depth: 1)
                entries.append(.failure(.invalidRequest("a request is an object")))
            }
        }
        if count == 0 { return .failure(.invalidRequest("an empty batch")) }
        if count > Limits.batchMax {
            return .failure(.invalidRequest("more than \(Limits.batchMax) in a batch"))
        }
        return .batch(entries)
    }

    /// One request object. Reads to its end even when it is invalid, for what follows may be no JSON.
    fileprivate mutating func request(depth: Int) throws(ScanError) -> RequestLine.BatchEntry {
        try open(depth: depth)
        var parts = RequestParts()
        while let name = try nextMember(isFirst: parts.isEmpty) {
            parts.isEmpty = false
            if isEqual(name, "params") {
                try readParams(into: &parts, depth: depth)
            } else if isEqual(name, "id") {
                try readID(into: &parts, depth: depth)
            } else if isEqual(name, "method") {
                try readMethod(into: &parts, depth: depth)
            } else if isEqual(name, "jsonrpc") {
                try readVersion(into: &parts, depth: depth)
            } else {
                parts.refuse("unknown member in the request")
                try skipValue(depth: depth)
            }
        }
        return parts.entry
    }

    private mutating func readVersion(into parts: inout RequestParts, depth: Int) throws(ScanError) {
        parts.note(.version)
        guard try kind() == .string else {
            try skipValue(depth: depth)
            return parts.refuse("jsonrpc must be \"2.0\"")
        }
        if !isEqual(try string(), "2.0") { parts.refuse("jsonrpc must be \"2.0\"") }
    }

    private mutating func readID(into parts: inout RequestParts, depth: Int) throws(ScanError) {
        parts.note(.id)
        let first = next
        let kind = try kind()
        let range = try skipValue(depth: depth)
        parts.id = range
        // Section 4: a string, a number or null.
        let isLegal = kind == .string || kind == .number || first == UInt8(ascii: "n")
        if !isLegal { parts.refuse("id must be a string, a number or null") }
        if range.count > Limits.idBytesMax { parts.refuse("id is too long") }
    }

    private mutating func readMethod(into parts: inout RequestParts, depth: Int) throws(ScanError) {
        parts.note(.method)
        guard try kind() == .string else {
            try skipValue(depth: depth)
            return parts.refuse("method must be a string")
        }
        let name = try string()
        parts.method =
            name.isEscaped
            ? value(name).withUnsafeBytes { Method(bytes: $0) } : Method(bytes: raw(name))
    }

    private mutating func readParams(into parts: inout RequestParts, depth: Int) throws(ScanError) {
        parts.note(.params)
        let kind = try kind()
        let range = try skipValue(depth: depth)
        switch kind {
        case .object: parts.params = .object(range)
        case .array: parts.params = .array
        default: parts.refuse("params must be an object")
        }
    }
}

/// What has been read of a request so far.
private struct RequestParts {
    enum Member: UInt8 {
        case version = 1
        case id = 2
        case method = 4
        case params = 8
    }

    var isEmpty = true
    var id: Range<Int>?
    var method: Method?
    var params = RequestFrame.Params.none
    private var seen: UInt8 = 0
    private var refusal: StaticString?

    /// The first reason is the one told.
    mutating func refuse(_ detail: StaticString) {
        if refusal == nil { refusal = detail }
    }

    mutating func note(_ member: Member) {
        if seen & member.rawValue != 0 { refuse("a member is given twice") }
        seen |= member.rawValue
    }

    var entry: RequestLine.BatchEntry {
        if let refusal { return .failure(.invalidRequest("\(refusal)")) }
        if seen & Member.version.rawValue == 0 { return .failure(.invalidRequest("jsonrpc must be \"2.0\"")) }
        if seen & Member.method.rawValue == 0 { return .failure(.invalidRequest("method is missing")) }
        return .request(RequestFrame(id: id, method: method, params: params))
    }
}
