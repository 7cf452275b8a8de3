import Foundation
import Testing

/// The documents are held against the code, and each rule against something it must find.
@Suite struct DocumentationTests {
    private let checkout = Checkout()

    // MARK: The documents

    @Test func `what the documents have somebody type is there`() throws {
        let commands = CommandLineRule.commands(in: try checkout.swiftFiles())
        #expect(commands[""]?.contains("serve") == true)
        let found = try checkout.documents().flatMap {
            CommandLineRule.violations(in: $0, commands: commands, exists: checkout.exists)
        }
        #expect(found == [])
    }

    @Test func `links between documents lead somewhere`() throws {
        let documents = try checkout.documents()
        #expect(documents.contains { $0.path == "docs/architecture.md" })
        #expect(documents.flatMap { DocumentRule.deadLinks(in: $0, exists: checkout.exists) } == [])
    }

    @Test func `every subcommand is in a table of the README`() throws {
        let commands = CommandLineRule.commands(in: try checkout.swiftFiles())
        #expect(CommandLineRule.unnamed(in: try checkout.file("README.md"), commands: commands) == [])
    }

    @Test func `every method has its section in the protocol's document, and every section a method`() throws
    {
        let methods = try checkout.file("Sources/AgentProtocol/Method.swift")
        #expect(ProtocolRule.rawValues(of: methods).count > 10)
        #expect(ProtocolRule.violations(in: try protocolDocument, methods: methods) == [])
    }

    @Test(arguments: [
        "Sources/AgentProtocol/Messages/TokenVerify.swift", "Sources/AgentProtocol/Messages/HeldPlan.swift",
        "Sources/AgentCore/AgentError.swift",
    ])
    func `the protocol's document tells every word that an answer may have`(path: String) throws {
        let words = ProtocolRule.rawValues(of: try checkout.file(path)).filter { !$0.contains("-") }
        #expect(words.isEmpty == false)
        #expect(ProtocolRule.untold(words, in: try protocolDocument) == [])
    }

    @Test func `the protocol's document tells every reason of an error`() throws {
        let words = ProtocolRule.reasons(of: try checkout.file("Sources/AgentProtocol/RPCError.swift"))
        #expect(words.count > 10)
        #expect(ProtocolRule.untold(words, in: try protocolDocument) == [])
    }

    @Test func `the reference of the configuration has the keys of the sample, and no others`() throws {
        let sample = try checkout.file("etc/tokenagent.yaml")
        #expect(
            ConfigurationRule.keys(of: sample).isSuperset(of: ["socket.path", "directories[].sync.deadline"]))
        let reference = try checkout.file("docs/operating.md")
        #expect(ConfigurationRule.violations(in: reference, sample: sample) == [])
    }

    @Test func `the tests that the page of evidence names are there`() throws {
        let tests = try checkout.swiftFiles().filter { $0.path.hasPrefix("Tests/") }
        let page = try checkout.file(EvidenceRule.document)
        #expect(page.text.contains("Tests`"))
        #expect(EvidenceRule.violations(in: page, tests: tests) == [])
    }

    private var protocolDocument: HouseFile {
        get throws { try checkout.file(ProtocolRule.document) }
    }

    // MARK: The rules

    private static let commands: CommandLineRule.Commands = [
        "": ["serve", "sync", "directory"], "directory": ["test"],
    ]

    @Test(arguments: [
        "tokenagent server", "scripts/run --now", "tokenagent sync && tokenagent purge", "x | tokenagent a",
        "tokenagent directory check", "tokenagent directory", "a=$(tokenagent nothing --json)",
    ])
    func `a command that is not there is found in a fenced block, and only there`(line: String) {
        let fenced = HouseFile(path: "README.md", text: "```sh\n\(line)\n```\n")
        let plain = HouseFile(path: "README.md", text: "\(line)\n\n```\n\(line)\n```\n")
        #expect(violations(fenced).count == 1)
        #expect(violations(fenced).first?.hasPrefix("README.md:2: ") == true)
        #expect(violations(plain) == [])
    }

    @Test(arguments: [
        "tokenagent serve --config a", "tokenagent directory test", "scripts/test", "swift test",
    ])
    func `a command that is there is not`(line: String) {
        #expect(violations(HouseFile(path: "README.md", text: "```sh\n\(line)\n```\n")) == [])
    }

    private func violations(_ document: HouseFile) -> [String] {
        CommandLineRule.violations(in: document, commands: Self.commands) { $0 == "scripts/test" }
    }

    @Test func `a link that leads nowhere is found`() {
        let text = "[a](b.md), [c](d.md#e), [f](https://example.org/x), [g](#h)"
        let found = DocumentRule.deadLinks(in: HouseFile(path: "docs/a.md", text: text)) { $0 == "docs/b.md" }
        #expect(found == ["docs/a.md:1: no link leads to docs/d.md"])
    }

    @Test func `a test that is not there is found, and so is a suite`() {
        let file = HouseFile(
            path: "Tests/A/ATests.swift",
            text: "struct ATests {\n @Test func `it is so`() {}\n @Test func plainly() {}\n}\n")
        let page = HouseFile(
            path: "e.md",
            text: "| `ATests` “it is so”, “plainly” |\n| `ATests` “it is not” |\n| `BTests` |\n`CTests`\n")
        let found = EvidenceRule.violations(in: page, tests: [file])
        #expect(found == ["e.md:2: ATests has no test “it is not”", "e.md:3: there is no suite BTests"])
    }

    @Test func `a subcommand that no table names is found`() {
        let readme = HouseFile(path: "README.md", text: "`sync`\n| `serve`, `directory test` | |\n")
        let found = CommandLineRule.unnamed(in: readme, commands: Self.commands)
        #expect(found == ["README.md: `sync` is in no table"])
    }

    @Test func `commands are read from their declarations`() {
        let root = "struct Tokenagent: AsyncParsableCommand {\n  subcommands: [A.self,\n B.self, Doctor.self]"
        let b = "struct B: AsyncParsableCommand {\n commandName: \"directory\", subcommands: [C.self])"
        let files = [
            root, "struct A: AgentCommand {\n described(\n \"sync\", \"…\")", b,
            "struct C: AgentCommand {\n described(\"test\")", "struct Doctor: AsyncParsableCommand {",
        ].enumerated().map { HouseFile(path: "Sources/tokenagent/Commands/\($0).swift", text: $1) }
        let found = CommandLineRule.commands(in: files)
        #expect(found == ["": ["sync", "directory", "doctor"], "directory": ["test"]])
    }

    @Test func `a method without a section is found, and a section without a method`() {
        let methods = HouseFile(path: "M.swift", text: "case a = \"token.a\"\ncase b = \"token.b\"\n")
        let text = HouseFile(path: "p.md", text: "### `token.a`\n`token.b`\n### `token.c`\n")
        let found = ProtocolRule.violations(in: text, methods: methods)
        #expect(found == ["p.md: no section on token.b", "p.md: there is no method token.c"])
    }

    @Test func `a key without a row is found, and a row without a key`() {
        let sample = """
            # not_a_key: in prose
            socket:
              path: /run/a  # where
            #http:
            #  listen: b
            #directories:
            #  - name: corp
            #    sync:
            #      deadline: 30m
            access:
              - role: admin
                users: [root]
              - {role: self, users: ["*"]}
            """
        let yaml = HouseFile(path: "a.yaml", text: sample)
        let keys: Set = [
            "socket.path", "http.listen", "directories[].name", "directories[].sync.deadline",
            "access[].role",
            "access[].users",
        ]
        #expect(ConfigurationRule.keys(of: yaml) == keys)
        let rows = keys.subtracting(["socket.path"]).map { "| `\($0)` | |" }.joined(separator: "\n")
        let text =
            "## Configuration reference\n\(rows)\n| `no.key`, `access[].role` | |\n## More\n| `x` | |\n"
        let found = ConfigurationRule.violations(in: HouseFile(path: "o.md", text: text), sample: yaml)
        #expect(found == ["o.md: says nothing of socket.path", "o.md: no.key is not in a.yaml"])
    }
}
