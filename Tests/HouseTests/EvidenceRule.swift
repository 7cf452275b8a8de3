/// The tests that the page of evidence names are there.
enum EvidenceRule {
    static let document = "docs/evidence.md"

    /// In the tables a test is named by its suite, `ClockTests`, or by that and its own name, `ClockTests`
    /// “what it says”; each name after a suite's is of that suite.
    static func violations(in page: HouseFile, tests: [HouseFile]) -> [String] {
        var found: [String] = []
        for (index, line) in page.lines.enumerated() where line.hasPrefix("|") {
            let place = "\(page.path):\(index + 1)"
            var files: [HouseFile] = []
            var suite = ""
            for match in line.matches(of: /`(\w+Tests)`|“([^”]+)”/) {
                if let name = match.output.1 {
                    suite = String(name)
                    files = tests.filter { declares(suite, $0) }
                    if files.isEmpty { found.append("\(place): there is no suite \(suite)") }
                } else if let name = match.output.2, !suite.isEmpty,
                    !files.contains(where: { has(String(name), $0) })
                {
                    found.append("\(place): \(suite) has no test “\(name)”")
                }
            }
        }
        return found
    }

    private static func declares(_ suite: String, _ file: HouseFile) -> Bool {
        ["struct", "enum", "class", "extension"].contains { kind in
            ["\(kind) \(suite) ", "\(kind) \(suite)\n", "\(kind) \(suite):"].contains(
                where: file.text.contains)
        }
    }

    private static func has(_ test: String, _ file: HouseFile) -> Bool {
        ["func `\(test)`", "func \(test)(", "@Test(\"\(test)\""].contains(where: file.text.contains)
    }
}
