public import AgentProtocol
import Foundation

extension JSONValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue {
    init(line: String) throws {
        do { self = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8)) } catch {
            throw FixtureFailure("not JSON: \(line.prefix(300))")
        }
    }

    /// On one line.
    var line: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// `null` also for a member that is not there; `members` tells the difference.
    subscript(_ name: String) -> JSONValue { members[name] ?? .null }

    subscript(_ index: Int) -> JSONValue { items.indices.contains(index) ? items[index] : .null }

    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    var integer: Int? { if case .integer(let value) = self { Int(value) } else { nil } }

    /// The error of an answer.
    var refusal: RPCError? {
        guard members["error"] != nil else { return nil }
        do {
            return try JSONDecoder().decode(RPCError.self, from: JSONEncoder().encode(self["error"]))
        } catch {
            return nil
        }
    }
}
