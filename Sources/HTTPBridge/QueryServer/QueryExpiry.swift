internal import AgentProtocol

/// The API's `expiration_date`: the document says milliseconds, today's clients send seconds.
///
/// What is below 10¹¹ is seconds (until the year 5138), what is not, milliseconds (since 1973). The number is
/// shown again in the unit that it came in: a token whose expiry was given in seconds has the flag
/// `query:seconds`, and the number itself is always worked out from the token's expiry.
struct QueryExpiry: Hashable, Sendable {
    static let secondsFlag = "query:seconds"
    private static let millisecondsFrom = 1e11

    let time: WireTime
    let isSeconds: Bool

    /// nil for null and absent: never.
    init?(_ value: JSONValue?, at now: WireTime) throws {
        let raw: Double
        switch value {
        case nil, .null: return nil
        case .integer(let number): raw = Double(number)
        case .number(let number): raw = number
        default: throw JSONObject.Fault(member: "expiration_date", reason: "must be a number")
        }
        // In seconds, whatever the number's unit: the document's own example is long past.
        guard raw >= Double(now.milliseconds / 1000) else {
            throw QueryRefusal.bad("The expiration_date must be greater than current time")
        }
        isSeconds = raw < Self.millisecondsFrom
        let milliseconds = isSeconds ? raw * 1000 : raw
        guard milliseconds <= Double(WireTime.latest.milliseconds) else {
            throw QueryRefusal.bad("The expiration_date is beyond the year 9999")
        }
        time = WireTime(milliseconds: Int64(milliseconds.rounded()))
    }

    /// As the list shows it. A token that never expires shows when it was updated, as the document has it.
    static func shown(_ token: TokenMetadata) -> JSONValue {
        guard let time = token.expiresAt else { return .integer(token.updatedAt.seconds) }
        guard token.flags.contains(secondsFlag) else { return .integer(time.milliseconds) }
        guard time.milliseconds % 1000 != 0 else { return .integer(time.seconds) }
        return .number(Double(time.milliseconds) / 1000)
    }

    /// The token's other flags, and the unit's.
    static func flags(_ flags: [String], for expiry: QueryExpiry?) -> [String] {
        flags.filter { $0 != secondsFlag } + (expiry?.isSeconds == true ? [secondsFlag] : [])
    }
}

extension WireTime {
    var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
}
