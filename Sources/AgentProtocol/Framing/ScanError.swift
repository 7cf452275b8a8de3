/// Where and why a line is not JSON that we take. Nothing of the line itself is kept: it may hold secrets.
struct ScanError: Error, Hashable {
    enum Reason: String {
        case unexpectedByte = "unexpected character"
        case unexpectedEnd = "unexpected end"
        case controlCharacter = "control character in a string"
        case badEscape = "illegal escape"
        case loneSurrogate = "unpaired surrogate"
        case badUTF8 = "not UTF-8"
        case badNumber = "illegal number"
        case trailingBytes = "text after the end of the value"
        case byteOrderMark = "byte order mark"
        case tooDeep = "nested too deeply"
        case doubleMember = "a member given twice"
    }

    let reason: Reason
    /// In bytes from the start of what was scanned.
    let offset: Int
}

extension RPCError {
    /// Depth is a limit of ours, so such a line is a refused request; anything else is not JSON at all.
    init(_ error: ScanError) {
        self =
            switch error.reason {
            case .tooDeep: .invalidRequest("nested deeper than \(Limits.jsonDepthMax)")
            default: .parseError("\(error.reason.rawValue) at byte \(error.offset)")
            }
    }
}
