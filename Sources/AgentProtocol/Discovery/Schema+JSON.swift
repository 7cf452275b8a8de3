extension Schema {
    /// As JSON Schema (draft 7, which OpenRPC refers to). Lengths are limits in bytes here and in
    /// characters there: no string of so many bytes has more characters.
    var json: JSONValue {
        switch self {
        case .any: true
        case .string(let bytes): Self.string(bytes)
        case .time: ["type": "string", "format": "date-time"]
        case .integer(let range): Self.integer(range)
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .words(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .array(let element, let max): Self.array(element, max: max)
        case .object(let properties): Self.object(properties)
        case .nullable(let schema): ["oneOf": [schema.json, ["type": "null"]]]
        case .oneOf(let schemas): ["oneOf": .array(schemas.map(\.json))]
        case .reference(let component): ["$ref": .string("#/components/schemas/\(component.rawValue)")]
        }
    }

    private static func string(_ bytes: ClosedRange<Int>) -> JSONValue {
        var members: [String: JSONValue] = ["type": "string"]
        if bytes.lowerBound > 0 { members["minLength"] = .integer(1) }
        if bytes.upperBound < Limits.lineBytesMax { members["maxLength"] = .integer(Int64(bytes.upperBound)) }
        return .object(members)
    }

    private static func integer(_ range: ClosedRange<Int64>) -> JSONValue {
        var members: [String: JSONValue] = ["type": "integer", "minimum": .integer(range.lowerBound)]
        if range.upperBound < .max { members["maximum"] = .integer(range.upperBound) }
        return .object(members)
    }

    private static func array(_ element: Schema, max: Int?) -> JSONValue {
        var members: [String: JSONValue] = ["type": "array", "items": element.json]
        if let max { members["maxItems"] = .integer(Int64(max)) }
        return .object(members)
    }

    private static func object(_ properties: [Property]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(
                Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.schema.json) })),
            "required": .array(properties.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
    }
}
