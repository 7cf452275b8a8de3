/// The params of `token.verify`, as bytes: no copy unless a string was escaped.
///
/// The slices point into the line (or into this value's own scratch, for strings that had escapes), so they
/// are good only while both the line and this value live. Never keep one.
public struct VerifyParams: ~Copyable {
    public enum Presented {
        /// The text of `token`.
        case token(UnsafeRawBufferPointer)
        case codes(user: UnsafeRawBufferPointer, pass: UnsafeRawBufferPointer)
        /// `as` is present: decode `TokenVerify` and its credentials on the slow path instead.
        case onBehalf
    }

    public internal(set) var presented = Presented.onBehalf
    public internal(set) var demand = VerifyDemand()

    private var scratch: UnsafeMutableRawBufferPointer?
    private var scratchUsed = 0

    init() {}

    /// Whether every slice points into the line, so that they outlive this value.
    var isPlain: Bool { scratch == nil }

    deinit {
        guard let scratch else { return }
        // A pass code may have been unescaped here.
        wipe(scratch)
        scratch.deallocate()
    }

    /// The string's own bytes. The scratch is as large as all params: no escape is shorter than what it
    /// stands for.
    mutating func bytes(of string: ScannedString, in scanner: JSONScanner) -> UnsafeRawBufferPointer {
        let raw = scanner.raw(string)
        guard string.isEscaped else { return raw }
        let scratch = self.scratch ?? .allocate(byteCount: scanner.bytes.count, alignment: 1)
        self.scratch = scratch
        let target = UnsafeMutableRawBufferPointer(rebasing: scratch[scratchUsed...])
        let count = JSONScanner.unescape(raw, into: target)
        scratchUsed += count
        return UnsafeRawBufferPointer(rebasing: target[..<count])
    }
}

/// What a verify demands of the token besides being good.
public struct VerifyDemand {
    /// nil when the caller did not ask for one.
    public internal(set) var audience: UnsafeRawBufferPointer?
    /// nil when the caller did not say; false asks for no more than reading.
    public internal(set) var write: Bool?
    /// All of these are required.
    public internal(set) var flags = FlagList()

    public var isEmpty: Bool { audience == nil && write != true && flags.isEmpty }
}

/// Overwrites in a way that the optimiser may not leave out, although the memory is freed right after.
@inline(never)
private func wipe(_ memory: UnsafeMutableRawBufferPointer) {
    for index in memory.indices { memory[index] = 0 }
}

/// A list of flags as it stands in the line, already checked; read again, each time, in place.
public struct FlagList {
    public let count: Int
    let bytes: UnsafeRawBufferPointer

    init() { self.init(count: 0, bytes: UnsafeRawBufferPointer(start: nil, count: 0)) }

    /// `bytes` is the array's text, brackets included.
    init(count: Int, bytes: UnsafeRawBufferPointer) {
        self.count = count
        self.bytes = bytes
    }

    public var isEmpty: Bool { count == 0 }

    /// Calls `body` with each flag's bytes, good only during that call.
    public func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard count > 0 else { return }
        var scanner = JSONScanner(bytes)
        scanner.position = 1
        // Everything was checked when the params were scanned, so nothing is left that could be wrong.
        for index in 0..<count {
            guard (try? scanner.nextElement(isFirst: index == 0)) == true else { return }
            guard let flag = try? scanner.string() else { return }
            if flag.isEscaped {
                scanner.value(flag).withUnsafeBytes(body)
            } else {
                body(scanner.raw(flag))
            }
        }
    }

    /// The flags as strings. An empty list costs nothing.
    public var strings: [String] {
        var strings: [String] = []
        strings.reserveCapacity(count)
        forEach { strings.append(String(decoding: $0, as: UTF8.self)) }
        return strings
    }
}
