/// Reads the answers of `token.verify` as `AnswerWriter` spells them: what a client does for each request
/// that it serves must cost next to nothing.
///
/// Only that spelling is recognised; any other is left to `AnswerScanner` and a decoder. The id is read
/// first, so that the answer is made where it is to be.
public struct VerdictScanner {
    /// Whose answer it is.
    public let id: Int64
    /// Stands where the verdict begins.
    private let scanner: JSONScanner

    /// nil when the line begins in another way. It is borrowed for as long as this is used.
    public init?(_ line: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(line)
        guard scanner.take(#"{"jsonrpc":"2.0","id":"#), let id = scanner.wholeNumber(),
            scanner.take(#","result":{"active":"#)
        else { return nil }
        self.id = id
        self.scanner = scanner
    }

    /// nil when it is spelled in another way, or is another answer.
    public func answer() -> TokenVerify.Answer? {
        var scanner = scanner
        return scanner.verdict()
    }
}

extension JSONScanner {
    /// More digits than any counter has, and always less than `Int64.max`.
    private static let wholeDigitsMax = 18

    /// Digits alone, no zero in front of others.
    fileprivate mutating func wholeNumber() -> Int64? {
        let start = position
        var value: Int64 = 0
        while next &- UInt8(ascii: "0") < 10, position - start < Self.wholeDigitsMax {
            value = value * 10 + Int64(next &- UInt8(ascii: "0"))
            position += 1
        }
        let count = position - start
        guard count > 0, count == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// What follows `{"active":`, to the end of the line.
    @inline(__always)
    fileprivate mutating func verdict() -> TokenVerify.Answer? {
        if take(#"true,"id":"#) { return active() }
        guard take(#"false,"reason":"#), let reason = wholeText(), takeEnd() else { return nil }
        // A reason that a newer daemon gives is a refusal all the same.
        return .inactive(TokenVerify.Reason(rawValue: reason) ?? .unknown)
    }

    private mutating func takeEnd() -> Bool { take("}}") && position == bytes.count }

    @inline(__always)
    private mutating func active() -> TokenVerify.Answer? {
        guard let id = wholeText(),
            take(#","owner":{"source":"#), let source = wholeText(),
            take(#","id":"#), let ownerID = wholeText(),
            take(#","login":"#), let login = wholeText(),
            take(#","email":"#), let email = nullable({ $0.wholeText() }),
            take(#"},"audience":"#), let audience = wholeText(),
            take(#","name":"#), let name = wholeText(),
            take(#","write":"#), let write = boolean(),
            take(#","flags":"#), let flags = texts(),
            take(#","expires_at":"#), let expiresAt = nullable({ $0.time() }),
            takeEnd()
        else { return nil }
        return .active(
            TokenVerify.Active(
                id: id, owner: Owner(source: source, id: ownerID, login: login, email: email),
                audience: audience, name: name, write: write, flags: flags, expiresAt: expiresAt))
    }

    /// Nearly all are plain.
    @inline(__always)
    private mutating func wholeText() -> String? {
        guard next == UInt8(ascii: "\"") else { return nil }
        let start = position
        position += 1
        skipPlainASCII()
        if next == UInt8(ascii: "\"") {
            position += 1
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<(position - 1)]),
                as: UTF8.self)
        }
        position = start
        return escapedText()
    }

    private mutating func escapedText() -> String? {
        guard let string = try? string() else { return nil }
        return text(string)
    }

    /// `.some(nil)` for `null`.
    private mutating func nullable<Value>(_ read: (inout JSONScanner) -> Value?) -> Value?? {
        if take("null") { return .some(nil) }
        guard let value = read(&self) else { return nil }
        return .some(value)
    }

    private mutating func boolean() -> Bool? {
        if take("true") { return true }
        return take("false") ? false : nil
    }

    private mutating func texts() -> [String]? {
        guard take("[") else { return nil }
        if take("]") { return [] }
        var texts: [String] = []
        repeat {
            guard let text = wholeText() else { return nil }
            texts.append(text)
        } while take(",")
        return take("]") ? texts : nil
    }

    private mutating func time() -> WireTime? {
        guard let string = try? string(), !string.isEscaped else { return nil }
        return WireTime(raw(string))
    }
}
