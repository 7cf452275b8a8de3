/// Reads the params of `token.create` as most of them are.
///
/// nil sends them the long way, `ParamsDecoder`, which says what is wrong with them: this takes nothing that
/// is refused there, and gives the same for what it takes.
public enum CreateScanner {
    /// `params` is the text of the params object, checked to be JSON.
    public static func scan(_ params: UnsafeRawBufferPointer) -> TokenCreate? {
        var scanner = JSONScanner(params)
        do throws(ScanError) {
            // Within the request's own object.
            try scanner.open(depth: 2)
            return try scanner.createParams()
        } catch {
            return nil
        }
    }
}

extension JSONScanner {
    fileprivate mutating func createParams() throws(ScanError) -> TokenCreate? {
        var params = TokenCreate(owner: .label(""))
        var hasOwner = false
        var isFirst = true
        var seen = 0
        while let name = try nextMember(isFirst: isFirst) {
            isFirst = false
            guard let index = Self.members.firstIndex(where: { isEqual(name, $0) }), seen & 1 << index == 0
            else { return nil }
            seen |= 1 << index
            let isTaken: Bool
            switch index {
            case 0:
                isTaken = try takeOwner(&params.owner)
                hasOwner = true
            case 1: isTaken = try take(&params.audience, .audience)
            case 2: isTaken = try take(&params.name, .name)
            case 3: isTaken = try take(&params.write)
            case 4: isTaken = try takeFlags(&params.flags)
            case 5: isTaken = try take(&params.expiresAt)
            case 6: isTaken = try take(&params.expiresIn, within: 1...Limits.expiresInSecondsMax)
            case 7: isTaken = try take(&params.retrievable)
            case 8: isTaken = try take(&params.allowPast)
            default: isTaken = try take(&params.idempotencyKey, .idempotencyKey)
            }
            guard isTaken else { return nil }
        }
        guard hasOwner, params.expiresAt == .absent || params.expiresIn == nil else { return nil }
        return params
    }

    private static let members: [StaticString] = [
        "owner", "audience", "name", "write", "flags", "expires_at", "expires_in", "retrievable",
        "allow_past", "idempotency_key",
    ]

    // Each takes one value, and says whether it is as the method's description wants it.

    private mutating func take(_ text: inout String?, _ schema: Schema) throws(ScanError) -> Bool {
        guard case .string(let lengths) = schema, next == UInt8(ascii: "\"") else { return false }
        let string = try string()
        if string.isEscaped {
            let bytes = value(string)
            // An escape is the one way to spell U+0000, which no text may hold.
            guard lengths.contains(bytes.count), !bytes.contains(0) else { return false }
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            guard lengths.contains(string.range.count) else { return false }
            text = String(decoding: raw(string), as: UTF8.self)
        }
        return true
    }

    private mutating func take(_ flag: inout Bool?) throws(ScanError) -> Bool {
        switch try literal() {
        case .true: flag = true
        case .false: flag = false
        case .null: return false
        }
        return true
    }

    private mutating func take(
        _ number: inout Int64?, within range: ClosedRange<Int64>
    ) throws(ScanError) -> Bool {
        let start = position
        guard try self.number() else { return false }
        number = Int64(String(decoding: bytes[start..<position], as: UTF8.self))
        return number.map(range.contains) ?? false
    }

    private mutating func take(_ time: inout Patch<WireTime>) throws(ScanError) -> Bool {
        guard next == UInt8(ascii: "\"") else {
            time = .null
            return try literal() == .null
        }
        guard let given = WireTime(text(try string())) else { return false }
        time = .value(given)
        return true
    }

    private mutating func takeFlags(_ flags: inout [String]?) throws(ScanError) -> Bool {
        guard next == UInt8(ascii: "[") else { return false }
        try open(depth: 3)
        var taken: [String] = []
        while try nextElement(isFirst: taken.isEmpty) {
            var flag: String?
            guard taken.count < Limits.flagsMax, try take(&flag, .word(max: Limits.flagBytesMax)), let flag
            else { return false }
            taken.append(flag)
        }
        flags = taken
        return true
    }

    private mutating func takeOwner(_ owner: inout OwnerReference) throws(ScanError) -> Bool {
        if next == UInt8(ascii: "\"") {
            var label: String?
            guard try take(&label, .word(max: Limits.emailBytesMax)), let label else { return false }
            owner = .label(label)
            return true
        }
        guard next == UInt8(ascii: "{") else { return false }
        try open(depth: 3)
        var (source, id): (String?, String?) = (nil, nil)
        var isFirst = true
        while let name = try nextMember(isFirst: isFirst) {
            isFirst = false
            if source == nil, isEqual(name, "source") {
                guard try take(&source, .source) else { return false }
            } else if id == nil, isEqual(name, "id") {
                guard try take(&id, .word(max: Limits.stableIDBytesMax)) else { return false }
            } else {
                return false
            }
        }
        guard let source, let id else { return false }
        owner = .key(OwnerKey(source: source, id: id))
        return true
    }
}
