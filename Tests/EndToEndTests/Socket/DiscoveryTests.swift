import AgentProtocol
import Testing

extension EndToEnd {
    /// The protocol's own description, held against the daemon that gives it.
    @Suite struct DiscoveryTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess
        private let document: JSONValue

        init() throws {
            file = try PeopleFile(["alice", "bob"], crowd: 60)
            daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
            document = try daemon.call("rpc.discover")
        }

        private func method(_ name: String) -> JSONValue {
            document["methods"].items.first { $0["name"].text == name } ?? .null
        }

        /// Calls it, and holds the result against its schema.
        @discardableResult
        private func check(
            _ method: Method, _ params: JSONValue = [:], sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> JSONValue {
            let result = try daemon.call(method.rawValue, params)
            let schema = self.method(method.rawValue)["result"]["schema"]
            let problems = SchemaValidator(document: document).problems(result, schema, at: method.rawValue)
            #expect(problems == [], sourceLocation: sourceLocation)
            return result
        }

        @Test func `it has exactly the methods that there are, and each can be called`() throws {
            let names = document["methods"].items.compactMap { $0["name"].text }
            #expect(names.sorted() == Method.allCases.map(\.rawValue).sorted())
            #expect(document["openrpc"].text?.hasPrefix("1.") == true)
            #expect(document["info"]["title"] == "tokenagent")
            let version = try daemon.call("agent.status")["version"]
            #expect(document["info"]["version"] == version)
            for name in names {
                let answer = try daemon.connect().ask(DaemonProcess.request(name))
                #expect(answer.refusal?.known != .methodNotFound, "\(name)")
                #expect(answer.refusal?.known != .internalError, "\(name)")
            }
        }

        @Test func `every reference in it leads somewhere`() throws {
            let text = try document.line
            for reference in text.matches(of: /"\$ref":"#\/components\/(schemas|errors)\/([^"]+)"/) {
                let target = document["components"][String(reference.1)][String(reference.2)]
                #expect(target != .null, "\(reference.0)")
            }
        }

        @Test func `required params are required, and described ones are known`() throws {
            for method in document["methods"].items {
                let name = method["name"].text ?? ""
                let required = method["params"].items.filter { $0["required"] == true }
                if let first = required.first?["name"].text {
                    let refusal = try daemon.refusal(name)
                    #expect(refusal.known == .invalidParams, "\(name)")
                    #expect(refusal.data?.member == first, "\(name)")
                }
                for param in method["params"].items {
                    let member = param["name"].text ?? ""
                    let line = DaemonProcess.self
                    // No param is an array of arrays, so each is refused by its name, and not as unknown.
                    let answer = try daemon.connect().ask(line.request(name, .object([member: [[[]]]])))
                    #expect(answer.refusal?.data?.detail != "unknown member", "\(name) \(member)")
                }
            }
        }

        @Test func `results of tokens are as described`() throws {
            let made = try MadeToken(
                check(
                    .tokenCreate, ["owner": "alice", "retrievable": true, "flags": ["a"], "expires_in": 60]))
            let id: JSONValue = ["id": .string(made.id)]
            try check(.tokenVerify, ["token": .string(made.token)])
            try check(.tokenVerify, ["token": "nonsense"])
            try check(.tokenShow, id)
            try check(.tokenList)
            try check(.tokenList, ["limit": 1, "state": "active"])
            try check(.tokenUpdate, ["id": .string(made.id), "expires_at": .null, "name": "new"])
            try check(.tokenReveal, id)
            try check(.tokenRotate, id)
            try check(.tokenRevoke, id)
            try check(.tokenExplain, id)
            try check(.tokenRestore, id)
            try check(.tokenPurge, ["dry_run": true])
        }

        @Test func `results about directories and people are as described, held or failing`() throws {
            let tokens = try (0..<20).map { try daemon.create(.string("p\($0)")) }
            try check(.directorySync)
            try check(.directoryStatus)
            try check(.directoryTest)
            try check(.userShow, ["user": "p1"])
            try check(.userList, ["limit": 2])
            try check(.agentStatus)
            try check(.agentWhoami)
            try check(.rpcDiscover)
            file.people.removeAll { $0.login.hasPrefix("p") && $0.login.count == 2 || $0.login == "p10" }
            try file.write()
            let held = try check(.directorySync)["reports"][0]["held"]
            #expect(held != .null)
            try check(.directoryStatus)
            try check(.tokenPurge)
            try check(.directorySync, ["approve": held["plan"]])
            let purged = try check(.tokenPurge)
            #expect(purged["purged"].items.count == 11)
            try check(.tokenExplain, ["id": .string(tokens[1].id)])
            file.removeFile()
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            try check(.directoryStatus)
            try check(.directoryTest)
        }
    }
}
