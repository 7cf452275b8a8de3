/// A token, a pass code or a password: it goes over the wire, and nowhere else.
///
/// Printing, interpolating or dumping it shows `•••`.
public struct Secret: Hashable, Sendable {
    /// The text itself. Whoever reads this answers for where it goes.
    public let exposed: String

    public init(_ text: String) { exposed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Codable {
    public init(from decoder: any Decoder) throws {
        exposed = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(exposed)
    }
}
