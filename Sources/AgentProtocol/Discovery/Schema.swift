/// The part of JSON Schema that the protocol needs.
///
/// One description serves both ends: requests are checked against it, and `rpc.discover` shows it.
public indirect enum Schema: Hashable, Sendable {
    /// Whatever it is.
    case any
    /// Lengths are in bytes of UTF-8.
    case string(bytes: ClosedRange<Int>)
    /// An RFC 3339 date and time.
    case time
    /// No fraction and no exponent.
    case integer(ClosedRange<Int64>)
    case number
    case boolean
    /// One of these strings.
    case words([String])
    case array(Schema, max: Int?)
    /// Closed: a member that is not described is refused.
    case object([Property])
    case nullable(Schema)
    case oneOf([Schema])
    case reference(Component)

    /// A member of an object, or of params.
    public struct Property: Hashable, Sendable {
        public let name: String
        public let schema: Schema
        public let isRequired: Bool
        public let summary: String

        public init(_ name: String, _ schema: Schema, required: Bool = false, _ summary: String = "") {
            self.name = name
            self.schema = schema
            self.isRequired = required
            self.summary = summary
        }
    }
}

extension Schema {
    static func string(max: Int) -> Schema { .string(bytes: 0...max) }
    /// A string that says something.
    static func word(max: Int) -> Schema { .string(bytes: 1...max) }
    /// A string of a result, which nobody checks on its way in.
    static let text = Schema.string(bytes: 0...Limits.answerLineBytesMax)
    static let count = Schema.integer(0...Int64.max)
    static let flags = Schema.array(.word(max: Limits.flagBytesMax), max: Limits.flagsMax)
    static let limit = Schema.integer(1...Int64(Limits.listMax))
    static let cursor = Schema.word(max: Limits.cursorBytesMax)
    static let source = Schema.word(max: Limits.sourceBytesMax)
    static let tokenID = Schema.word(max: Limits.tokenIDBytesMax)
    static let audience = Schema.word(max: Limits.audienceBytesMax)
    static let name = Schema.string(max: Limits.nameBytesMax)
    static let plan = Schema.word(max: Limits.planBytesMax)
    static let idempotencyKey = Schema.word(max: Limits.idempotencyKeyBytesMax)
    static let secret = Schema.word(max: Limits.tokenBytesMax)

    /// An object with all of these members, and perhaps some more.
    static func all(_ members: [(String, Schema)], perhaps: [(String, Schema)] = []) -> Schema {
        .object(
            members.map { Property($0.0, $0.1, required: true) } + perhaps.map { Property($0.0, $0.1) })
    }

    /// A name from outside, short enough to stand in an error and with nothing in it that a terminal obeys.
    static func memberName(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix(64).filter { $0.properties.generalCategory != .control }))
    }
}
