/// A moment in milliseconds since 1970, written as `2026-11-21T18:54:43.940Z` (RFC 3339, UTC).
public struct WireTime: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: WireTime, b: WireTime) -> Bool { a.milliseconds < b.milliseconds }

    /// The first and the last moment that RFC 3339 can write: years have four digits.
    public static let earliest = WireTime(milliseconds: -62_167_219_200_000)
    public static let latest = WireTime(milliseconds: 253_402_300_799_999)

    /// `2026-11-21T18:54:43.940Z`. What lies outside the years 0000 to 9999 is written as the nearer end of
    /// them.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.textBytes) { write(into: UnsafeMutableRawBufferPointer($0)) }
    }

    static let textBytes = 24
}

extension WireTime: CustomStringConvertible {
    public var description: String { text }
}

extension WireTime: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = WireTime(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
