import Testing

/// Each rule fails on what it forbids; a rule that cannot fail guards nothing.
@Suite struct CounterexampleTests {
    private func file(_ path: String, _ text: String) -> HouseFile { HouseFile(path: path, text: text) }

    @Test(arguments: [
        ("AgentCore", "import GRDB"), ("TokenCore", "package import TokenStorage"),
        ("tokenagent", "internal import CLDAP"), ("AgentProtocol", "@preconcurrency import TokenCore"),
        ("AgentClient", "    import struct AgentServer.Listener"),
        ("TokenCore", "@_spi(X) public import NIOCore"),
        ("Cellar", "import Foundation"), ("TokenStorage", "import Foundation; import Logging"),
    ])
    func `a forbidden import is found`(target: String, line: String) {
        let text = "// import Foundation\n" + line + "\n"
        // Only one import a line is looked at; the formatter refuses semicolons.
        let lines = text.replacing("; ", with: "\n")
        #expect(ImportRule.violations(in: file("Sources/\(target)/A/B.swift", lines)).count == 1)
    }

    @Test(arguments: [
        ("TokenStorage", "package import TokenCore"), ("LDAPDirectory", "import CLDAP"),
        ("TokenCore", "import struct Foundation.Date"), ("TokenCore", "// import GRDB"),
        ("TokenCore", "let s = \"import GRDB\""), ("tokenagent", "import Yams"),
        ("TokenCore", "let important = 1"),
    ])
    func `an allowed import is not`(target: String, line: String) {
        #expect(ImportRule.violations(in: file("Sources/\(target)/A/B.swift", line)) == [])
    }

    @Test func `files and lines that are too long are found, and those at the limit are not`() {
        let line = String(repeating: "x", count: 110)
        let most = String(repeating: line + "\n", count: 400)
        #expect(SizeRule.violations(in: file("Tests/A.swift", most)) == [])
        #expect(SizeRule.violations(in: file("Tests/A.swift", most + "x\n")).count == 1)
        #expect(SizeRule.violations(in: file("Package.swift", line + "x")).count == 1)
    }

    @Test(arguments: [
        ("Sources/TokenCore/Utils/A.swift", ""), ("Sources/TokenCore/StringHelpers.swift", ""),
        ("Tests/Common/A.swift", ""), ("Sources/TokenCore/A+Utilities.swift", ""),
        ("Sources/TokenCore/A.swift", "package final class TokenManager {"),
        ("Sources/TokenCore/A.swift", "enum TokenCore {"),
    ])
    func `names that say nothing, or hide the module, are found`(path: String, text: String) {
        #expect(NameRule.violations(in: file(path, text)).count == 1)
    }

    @Test(arguments: [
        "FileManager.default", "class func make()", "struct CommonName {", "// enum TokenCore {",
    ])
    func `names that only look like it are not`(text: String) {
        #expect(NameRule.violations(in: file("Sources/TokenCore/A.swift", text)) == [])
    }

    @Test(arguments: ["let a = try! b()", "fatalError(\"x\")", "    print(a)", "{ print($0) }"])
    func `what a library must not call is found`(line: String) {
        #expect(CallRule.violations(in: file("Sources/AgentCore/A.swift", line)).count == 1)
        #expect(CallRule.violations(in: file("Sources/tokenagent/A.swift", line)) == [])
        #expect(CallRule.violations(in: file("Tests/A.swift", line)) == [])
    }

    @Test(arguments: ["fingerprint(a)", "// print(a)", "\"fatalError(\"", "log.print(a)", "try a!.b()"])
    func `what only looks like it is not`(line: String) {
        #expect(CallRule.violations(in: file("Sources/AgentCore/A.swift", line)) == [])
    }

    @Test func `a path that is not there is found in a document`() {
        let text = "`Sources/A/B.swift`, `etc/x`, `docs/<name>.md`, `a/b`, Sources/no and `scripts/run:7`"
        let there: Set = ["etc/x", "scripts/run"]
        let found = DocumentRule.violations(in: file("README.md", text), exists: there.contains)
        #expect(found == ["README.md:1: there is no Sources/A/B.swift"])
    }

    @Test(.enabled(if: SwiftFormat.isInstalled, "swift format is not installed"))
    func `the formatter complains of what is badly formatted`() throws {
        #expect(try SwiftFormat.lint("let a=1;\n", Checkout()).status != 0)
        #expect(try SwiftFormat.lint("let a = 1\n", Checkout()).status == 0)
    }
}
