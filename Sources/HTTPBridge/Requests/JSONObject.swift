internal import AgentProtocol

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
        let value: JSONValue
        do {
            value = try JSONValue(strict: body)
        } catch {
            throw Fault(member: nil, reason: "The body is not valid JSON: \(error.reason)")
        }
        guard case .object(let members) = value else {
            throw Fault(member: nil, reason: "The body is not a JSON object")
        }
        self.members = members
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
