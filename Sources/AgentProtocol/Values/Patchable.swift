/// A member of an update that tells *leave it* (absent) from *clear it* (null).
@propertyWrapper
public struct Patchable<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
    public var wrappedValue: Patch<Value>

    public init(wrappedValue: Patch<Value>) { self.wrappedValue = wrappedValue }
}

public enum Patch<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
    case absent
    case null
    case value(Value)
}

extension Patchable: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? .null : .value(try container.decode(Value.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch wrappedValue {
        case .value(let value): try container.encode(value)
        case .null, .absent: try container.encodeNil()
        }
    }
}

extension KeyedDecodingContainer {
    public func decode<Value>(_ type: Patchable<Value>.Type, forKey key: Key) throws -> Patchable<Value> {
        guard contains(key) else { return Patchable(wrappedValue: .absent) }
        return try Patchable(from: superDecoder(forKey: key))
    }
}

extension KeyedEncodingContainer {
    public mutating func encode<Value>(_ patch: Patchable<Value>, forKey key: Key) throws {
        switch patch.wrappedValue {
        case .absent: return
        case .null: try encodeNil(forKey: key)
        case .value(let value): try encode(value, forKey: key)
        }
    }
}
