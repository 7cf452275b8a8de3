internal import AgentProtocol
internal import Foundation

/// The JSON object of a body. Members that nobody asks for are ignored.
struct JSONObject: Sendable {
    /// What is wrong with a body, in words that quote none of it.
    struct Fault: Error, Hashable, Sendable {
        let member: String?
        let reason: String

        var text: String { member.map { "\($0): \(reason)" } ?? reason }
    }

    private let members: [String: JSONValue]

    init(_ body: [UInt8]) throws(Fault) {
        // Foundation recurses as deep as the text does, on a small stack.
        guard Self.depth(of: body) <= Limits.jsonDepthMax else {
            throw Fault(member: nil, reason: "The body is nested too deep")
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(body))
        } catch {
            throw Fault(member: nil, reason: "The body is not valid JSON")
        }
        guard case .object(let members) = value else {
            throw Fault(member: nil, reason: "The body is not a JSON object")
        }
        self.members = members
    }

    /// How deep brackets are nested, those in strings left out.
    static func depth(of json: [UInt8]) -> Int {
        var (depth, deepest, inString, escaped) = (0, 0, false, false)
        for byte in json {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else {
                    inString = byte != UInt8(ascii: "\"")
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return deepest
    }

    /// nil for an absent member; `null` is one.
    subscript(_ name: String) -> JSONValue? { members[name] }

    func string(_ name: String) throws(Fault) -> String {
        guard let value = try optionalString(name) else {
            throw Fault(member: name, reason: "a string is required")
        }
        return value
    }

    /// nil for absent and `null` alike.
    func optionalString(_ name: String) throws(Fault) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let value): return value
        default: throw Fault(member: name, reason: "must be a string")
        }
    }

    func optionalBoolean(_ name: String) throws(Fault) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .boolean(let value): return value
        default: throw Fault(member: name, reason: "must be true or false")
        }
    }
}
