/// The document of the protocol tells what the code has: methods, reasons, conflicts, codes.
enum ProtocolRule {
    static let document = "docs/protocol.md"

    /// Each method has a section, and each section a method.
    static func violations(in text: HouseFile, methods: HouseFile) -> [String] {
        let known = rawValues(of: methods).filter { $0.contains(".") }
        let told = Set(
            text.lines.compactMap { line in
                line.firstMatch(of: /^### `([a-z.]+)`$/).map { String($0.output.1) }
            })
        return known.subtracting(told).sorted().map { "\(text.path): no section on \($0)" }
            + told.subtracting(known).sorted().map { "\(text.path): there is no method \($0)" }
    }

    /// Words that stand in quotes in the code, and have to stand in backticks in the document.
    static func untold(_ words: Set<String>, in text: HouseFile) -> [String] {
        words.sorted().filter { !text.text.contains("`\($0)`") }.map { "\(text.path): says nothing of \($0)" }
    }

    /// The raw values of the string enumerations of a file: `case a = "b"`.
    static func rawValues(of file: HouseFile) -> Set<String> {
        Set(file.text.matches(of: /case \w+ = "([^"]+)"/).map { String($0.output.1) })
    }

    /// The stable words of errors: `case .held: "held"`.
    static func reasons(of file: HouseFile) -> Set<String> {
        Set(file.text.matches(of: /case \.\w+: "([a-z_]+)"/).map { String($0.output.1) })
    }
}
