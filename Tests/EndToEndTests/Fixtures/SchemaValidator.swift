import AgentProtocol
import Foundation

/// Holds values against the part of JSON Schema that `rpc.discover` speaks. What it does not know it refuses.
struct SchemaValidator {
    /// `components.schemas`.
    let components: [String: JSONValue]

    private static let known: Set = [
        "$ref", "oneOf", "type", "enum", "format", "minLength", "maxLength", "minimum", "maximum", "items",
        "maxItems", "properties", "required", "additionalProperties",
    ]

    init(document: JSONValue) { components = document["components"]["schemas"].members }

    /// What is wrong, each with where; empty when nothing is.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
        if schema == true { return [] }
        guard case .object(let schema) = schema else { return ["\(place): no schema"] }
        let unknown = Set(schema.keys).subtracting(Self.known)
        guard unknown.isEmpty else { return ["\(place): schema with \(unknown.sorted())"] }
        if let reference = schema["$ref"]?.text {
            guard let target = components[reference.replacing("#/components/schemas/", with: "")] else {
                return ["\(place): \(reference) leads nowhere"]
            }
            return problems(value, target, at: place)
        }
        if let choices = schema["oneOf"]?.items {
            let results = choices.map { problems(value, $0, at: place) }
            let fitting = results.count(where: \.isEmpty)
            return fitting == 1 ? [] : ["\(place): fits \(fitting) of \(choices.count): \(results.joined())"]
        }
        return checked(value, schema, at: place).map { "\(place): \($0)" } + inner(value, schema, at: place)
    }

    private func checked(_ value: JSONValue, _ schema: [String: JSONValue], at place: String) -> [String] {
        var found: [String] = []
        let type = schema["type"]?.text ?? ""
        switch (type, value) {
        case ("null", .null), ("boolean", .boolean), ("number", .number), ("array", .array),
            ("object", .object):
            break
        case ("integer", .integer(let number)), ("number", .integer(let number)):
            if let least = schema["minimum"]?.integer, number < least { found.append("below \(least)") }
            if let most = schema["maximum"]?.integer, number > most { found.append("above \(most)") }
        case ("string", .string(let text)):
            if let least = schema["minLength"]?.integer, text.count < least { found.append("too short") }
            if let most = schema["maxLength"]?.integer, text.count > most { found.append("too long") }
            if schema["format"] == "date-time", !Self.isTime(text) { found.append("no time: \(text)") }
        default: found.append("not of type \(type)")
        }
        if let words = schema["enum"]?.items, !words.contains(value) { found.append("none of \(words)") }
        return found
    }

    private func inner(_ value: JSONValue, _ schema: [String: JSONValue], at place: String) -> [String] {
        switch value {
        case .array(let items):
            guard let element = schema["items"] else { return ["\(place): items of no schema"] }
            if let most = schema["maxItems"]?.integer, items.count > most { return ["\(place): too many"] }
            return items.enumerated().flatMap { problems($1, element, at: "\(place)[\($0)]") }
        case .object(let members):
            let properties = schema["properties"]?.members ?? [:]
            let required = schema["required"]?.items.compactMap(\.text) ?? []
            let missing = required.filter { members[$0] == nil }.map { "\(place): \($0) is missing" }
            let closed = schema["additionalProperties"] == false
            return missing
                + members.sorted { $0.key < $1.key }.flatMap { name, value in
                    guard let property = properties[name] else {
                        return closed ? ["\(place): \(name) is not described"] : []
                    }
                    return problems(value, property, at: "\(place).\(name)")
                }
        default: return []
        }
    }

    /// As docs/protocol.md has it: UTC, with milliseconds.
    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
    }
}
