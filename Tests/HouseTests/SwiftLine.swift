/// A line of Swift, as far as the rules have to understand it.
struct SwiftLine {
    /// Without what is in quotes and without the comment at the end, neither of which is code.
    let code: String

    init(_ line: Substring) {
        let withoutStrings = String(line).replacing(/"(\\.|[^"\\])*"/, with: "\"\"")
        let comment = withoutStrings.firstRange(of: "//")?.lowerBound ?? withoutStrings.endIndex
        code = String(withoutStrings[..<comment])
    }

    /// The module of an `import`, whatever stands before it.
    var importedModule: String? {
        // Attributes and an access level before it, and the kind of a single declaration after it.
        let pattern = /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:[a-z]+\s+)?([A-Za-z_]\w*)/
        return code.firstMatch(of: pattern).map { String($0.output.1) }
    }

    /// The name of the type that the line declares.
    var declaredType: String? {
        let pattern = /(?:^|\s)(?:struct|class|enum|actor|protocol|typealias)\s+`?([A-Za-z_]\w*)/
        guard let name = code.firstMatch(of: pattern)?.output.1 else { return nil }
        // `class func` and `class var` declare no type.
        return ["func", "var", "let"].contains(name) ? nil : String(name)
    }
}
