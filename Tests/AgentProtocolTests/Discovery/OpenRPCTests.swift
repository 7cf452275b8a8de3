import Testing

@testable import AgentProtocol

@Suite struct OpenRPCTests {
    static let document = OpenRPC.document(version: "1.2.3")

    static func member(_ name: String, of value: JSONValue?) -> JSONValue? {
        guard case .object(let members) = value else { return nil }
        return members[name]
    }

    static func elements(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let elements) = value else { return [] }
        return elements
    }

    @Test("every method is described once, under its own name")
    func methods() {
        let names = Self.elements(Self.member("methods", of: Self.document)).map {
            Self.member("name", of: $0)
        }
        #expect(names == Method.allCases.map { .string($0.rawValue) })
    }

    @Test(
        "every method says what it does, who may call it, what it takes and what it gives",
        arguments: Method.allCases)
    func whole(method: Method) {
        let description = method.description
        #expect(description.method == method)
        #expect(!description.summary.isEmpty && !description.callers.isEmpty)
        #expect(Set(description.params.map(\.name)).count == description.params.count)
        #expect(!description.params.contains { $0.name == Credentials.member })
    }

    @Test("every reference leads somewhere")
    func references() throws {
        var targets: Set<String> = []
        func collect(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if case .string(let target) = members["$ref"] { targets.insert(target) }
                members.values.forEach(collect)
            case .array(let elements): elements.forEach(collect)
            default: break
            }
        }
        collect(Self.document)
        #expect(!targets.isEmpty)
        for target in targets {
            let path = target.split(separator: "/").map(String.init)
            #expect(path.first == "#")
            let found = path.dropFirst().reduce(Self.document as JSONValue?) { Self.member($1, of: $0) }
            #expect(found != nil, "\(target)")
        }
    }

    @Test("the document is the same each time, and within what a client takes")
    func deterministic() throws {
        let text = try Samples.encode(Self.document)
        #expect(try Samples.encode(OpenRPC.document(version: "1.2.3")) == text)
        #expect(text.utf8.count < Limits.unreadAnswerBytesMax)
        #expect(JSONScannerTests.scan(Array(text.utf8)) == nil)
    }

    @Test("codes and their words are one to one")
    func codes() {
        #expect(Set(RPCError.Code.allCases.map(\.reason)).count == RPCError.Code.allCases.count)
    }
}
