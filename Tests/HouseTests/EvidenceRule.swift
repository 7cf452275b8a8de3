/// The tests that the page of evidence names are there.
enum EvidenceRule {
    static let document = "docs/evidence.md"

    /// In the tables a test is named by its suite, `ClockTests`, or by that and its own name, `ClockTests`
    /// “what it says”; each name after a suite's is of that suite.
    static func violations(in page: HouseFile, tests: [HouseFile]) -> [String] {
        let suites = suites(tests)
        var found: [String] = []
        for (index, line) in page.lines.enumerated() where line.hasPrefix("|") {
            let place = "\(page.path):\(index + 1)"
            var suite = ""
            for match in line.matches(of: /`(\w+Tests)`|“([^”]+)”/) {
                if let name = match.output.1 {
                    suite = String(name)
                    if suites[suite] == nil { found.append("\(place): there is no suite \(suite)") }
                } else if let name = match.output.2, let files = suites[suite],
                    !files.contains(where: { has(String(name), $0) })
                {
                    found.append("\(place): \(suite) has no test “\(name)”")
                }
            }
        }
        return found
    }

    /// The files that declare or extend a type whose name ends as those of suites do.
    private static func suites(_ tests: [HouseFile]) -> [String: [HouseFile]] {
        var suites: [String: [HouseFile]] = [:]
        for file in tests {
            let words = file.text.utf8.split { [UInt8(ascii: " "), UInt8(ascii: "\n")].contains($0) }
            for (keyword, name) in zip(words, words.dropFirst()) where keywords.contains(Array(keyword)) {
                // Within another type too: `extension BridgeSuites.AuthTests {`.
                let own = name.split(separator: UInt8(ascii: ".")).last ?? name
                let text = String(decoding: own.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
                if text.hasSuffix("Tests") { suites[text, default: []].append(file) }
            }
        }
        return suites
    }

    private static let keywords = Set(["struct", "enum", "class", "extension"].map { Array($0.utf8) })

    /// A long name stands on a line of its own.
    private static func has(_ test: String, _ file: HouseFile) -> Bool {
        let named = ["", "\n        ", "\n            "].map { "@Test(\($0)\"\(test)\"" }
        return (["func `\(test)`", "func \(test)("] + named).contains(where: file.text.contains)
    }
}
