import Foundation
import Testing

/// The rules of the house, held against the whole checkout.
@Suite struct HouseTests {
    private let checkout = Checkout()

    @Test func `the checkout was found`() throws {
        let files = try checkout.swiftFiles()
        #expect(files.contains { $0.path.hasPrefix("Sources/TokenCore/") })
        #expect(files.contains { $0.path == "Package.swift" })
    }

    @Test func `targets import only what the table of rooms allows`() throws {
        try expectNone(checkout.swiftFiles().flatMap(ImportRule.violations))
    }

    @Test func `no file has more than 400 lines, no line more than 110 characters`() throws {
        try expectNone(checkout.swiftFiles().flatMap(SizeRule.violations))
    }

    @Test func `names say something, and no type has its module's`() throws {
        try expectNone(checkout.swiftFiles().flatMap(NameRule.violations))
    }

    @Test func `libraries do not print and do not crash on purpose`() throws {
        try expectNone(checkout.swiftFiles().flatMap(CallRule.violations))
    }

    @Test func `paths that the documentation names are there`() throws {
        let documents = try checkout.documents()
        expectNone(documents.flatMap { DocumentRule.violations(in: $0, exists: checkout.exists) })
    }

    @Test(.enabled(if: SwiftFormat.isInstalled, "swift format is not installed"))
    func `swift format has nothing to say`() throws {
        let answer = try SwiftFormat.lint(checkout)
        #expect(answer.complaints == "")
        #expect(answer.status == 0)
    }

    /// One violation a line, as compilers write them.
    private func expectNone(_ violations: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        let list = Comment(rawValue: violations.joined(separator: "\n"))
        #expect(violations.isEmpty, list, sourceLocation: sourceLocation)
    }
}
