/// Reads the params of `token.verify`, the one method that must cost next to nothing.
public enum VerifyScanner {
    /// `params` is the text of the params object (empty stands for `{}`). The result points into it.
    /// Throws -32602, naming the member.
    public static func scan(_ params: UnsafeRawBufferPointer) throws(RPCError) -> VerifyParams {
        guard !params.isEmpty else { throw missing }
        var scanner = JSONScanner(params)
        do throws(VerifyFault) {
            return try scanner.verifyParams()
        } catch {
            switch error {
            case .scan(let error): throw RPCError(error)
            case .refused(let error): throw error
            }
        }
    }

    fileprivate static let missing = RPCError.invalidParams(
        member: "token", "token, or user_code and pass_code, is required")
}

private enum VerifyFault: Error {
    case scan(ScanError)
    case refused(RPCError)

    static func wrong(_ member: String, _ detail: String) -> VerifyFault {
        .refused(.invalidParams(member: member, detail))
    }
}

private struct VerifyParts {
    var token: UnsafeRawBufferPointer?
    var userCode: UnsafeRawBufferPointer?
    var passCode: UnsafeRawBufferPointer?
    var seen: UInt8 = 0

    enum Member: UInt8 {
        case token = 1
        case userCode = 2
        case passCode = 4
        case audience = 8
        case flags = 16
        case write = 32
        case onBehalf = 64
    }

    mutating func note(_ member: Member, _ name: String) throws(VerifyFault) {
        if seen & member.rawValue != 0 { throw .wrong(name, "given twice") }
        seen |= member.rawValue
    }

    func has(_ member: Member) -> Bool { seen & member.rawValue != 0 }

    /// Exactly one way of presenting a token.
    func presented() throws(VerifyFault) -> VerifyParams.Presented {
        switch (token, userCode, passCode) {
        case (let token?, nil, nil): return .token(token)
        case (nil, let user?, let pass?): return .codes(user: user, pass: pass)
        case (nil, nil, nil): throw .refused(VerifyScanner.missing)
        case (nil, nil, _): throw .wrong("user_code", "required with pass_code")
        case (nil, _, nil): throw .wrong("pass_code", "required with user_code")
        default: throw .wrong("token", "give either token, or user_code and pass_code")
        }
    }
}

extension JSONScanner {
    fileprivate mutating func verifyParams() throws(VerifyFault) -> VerifyParams {
        var params = VerifyParams()
        var parts = VerifyParts()
        do throws(ScanError) { try open(depth: 2) } catch { throw .scan(error) }
        var isFirst = true
        while let name = try verifyMember(isFirst: isFirst) {
            isFirst = false
            if isEqual(name, "token") {
                try parts.note(.token, "token")
                parts.token = try verifyString("token", Limits.lineBytesMax, into: &params)
            } else if isEqual(name, "user_code") {
                try parts.note(.userCode, "user_code")
                parts.userCode = try verifyString("user_code", Limits.lineBytesMax, into: &params)
            } else if isEqual(name, "pass_code") {
                try parts.note(.passCode, "pass_code")
                parts.passCode = try verifyString("pass_code", Limits.lineBytesMax, into: &params)
            } else if isEqual(name, "audience") {
                try parts.note(.audience, "audience")
                params.demand.audience = try verifyString("audience", Limits.audienceBytesMax, into: &params)
            } else if isEqual(name, "flags") {
                try parts.note(.flags, "flags")
                params.demand.flags = try verifyFlags()
            } else if isEqual(name, "write") {
                try parts.note(.write, "write")
                params.demand.write = try verifyBoolean("write")
            } else if isEqual(name, "as") {
                try parts.note(.onBehalf, "as")
                try verifySkip()
            } else {
                throw .wrong(Schema.memberName(text(name)), "unknown member")
            }
        }
        let presented = try parts.presented()
        params.presented = parts.has(.onBehalf) ? .onBehalf : presented
        return params
    }

    private mutating func verifyMember(isFirst: Bool) throws(VerifyFault) -> ScannedString? {
        do throws(ScanError) { return try nextMember(isFirst: isFirst) } catch { throw .scan(error) }
    }

    private mutating func verifySkip() throws(VerifyFault) {
        do throws(ScanError) { try skipValue(depth: 2) } catch { throw .scan(error) }
    }

    private mutating func verifyString(
        _ name: String, _ bytesMax: Int, into params: inout VerifyParams
    ) throws(VerifyFault) -> UnsafeRawBufferPointer {
        guard next == UInt8(ascii: "\"") else { throw .wrong(name, "expected a string") }
        let string: ScannedString
        do throws(ScanError) { string = try self.string() } catch { throw .scan(error) }
        let bytes = params.bytes(of: string, in: self)
        guard bytes.count <= bytesMax else { throw .wrong(name, "longer than \(bytesMax) bytes") }
        return bytes
    }

    private mutating func verifyBoolean(_ name: String) throws(VerifyFault) -> Bool {
        let literal: Literal
        do throws(ScanError) { literal = try self.literal() } catch {
            throw .wrong(name, "expected a boolean")
        }
        switch literal {
        case .true: return true
        case .false: return false
        case .null: throw .wrong(name, "expected a boolean")
        }
    }

    /// Checks the list and keeps only where it stands.
    private mutating func verifyFlags() throws(VerifyFault) -> FlagList {
        let start = position
        guard next == UInt8(ascii: "[") else { throw .wrong("flags", "expected an array") }
        position += 1
        var count = 0
        while try verifyElement(isFirst: count == 0) {
            guard count < Limits.flagsMax else {
                throw .wrong("flags", "more than \(Limits.flagsMax) elements")
            }
            guard next == UInt8(ascii: "\"") else { throw .wrong("flags.\(count)", "expected a string") }
            let flag: ScannedString
            do throws(ScanError) { flag = try string() } catch { throw .scan(error) }
            let bytes = flag.isEscaped ? value(flag).count : flag.range.count
            guard bytes > 0, bytes <= Limits.flagBytesMax else {
                throw .wrong("flags.\(count)", "expected 1 to \(Limits.flagBytesMax) bytes")
            }
            count += 1
        }
        return FlagList(count: count, bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    }

    private mutating func verifyElement(isFirst: Bool) throws(VerifyFault) -> Bool {
        do throws(ScanError) { return try nextElement(isFirst: isFirst) } catch { throw .scan(error) }
    }
}
