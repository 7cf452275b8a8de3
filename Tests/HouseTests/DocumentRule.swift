/// Paths that the documentation names are there.
enum DocumentRule {
    static func violations(in document: HouseFile, exists: (String) -> Bool) -> [String] {
        document.lines.enumerated().flatMap { index, line in
            paths(in: line).filter { !exists($0) }.map { "\(document.path):\(index + 1): there is no \($0)" }
        }
    }

    /// Links to other files of the checkout, from the document's own folder.
    static func deadLinks(in document: HouseFile, exists: (String) -> Bool) -> [String] {
        let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
        return document.lines.enumerated().flatMap { index, line in
            line.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/)
                .map { folder.isEmpty ? String($0.output.1) : "\(folder)/\($0.output.1)" }
                .filter { !exists($0) }.map { "\(document.path):\(index + 1): no link leads to \($0)" }
        }
    }

    /// Whole spans in backticks that begin with a folder of ours. Patterns (`Sources/<target>`) name no path.
    private static func paths(in line: Substring) -> [String] {
        line.matches(of: /`((?:Sources|Tests|etc|scripts|docs|Benchmarks)\/[^`\s]*)`/)
            .map { String($0.output.1) }
            .filter { !$0.contains { "<>*{}…".contains($0) } }
            .map { $0.replacing(/(:\d+|#.*)$/, with: "") }
    }
}
