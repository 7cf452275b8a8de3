/// A line as somebody would type it, and what it is for.
struct Example {
    let line: String
    let purpose: String

    init(_ line: String, _ purpose: String) {
        self.line = line
        self.purpose = purpose
    }

    static func text(_ examples: [Example]) -> String {
        let lines = examples.map { "  # \($0.purpose)\n  \($0.line)" }
        return (["Examples:"] + lines).joined(separator: "\n")
    }
}
