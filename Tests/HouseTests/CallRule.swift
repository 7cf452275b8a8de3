/// What a library never calls: it has no terminal to write to, and may not take the daemon down.
enum CallRule {
    static func violations(in file: HouseFile) -> [String] {
        guard let target = file.target, target != "tokenagent" else { return [] }
        return file.lines.enumerated().flatMap { index, line in
            // A quick look before the slow one, which is most of the time this test takes.
            guard ["try!", "fatalError(", "print("].contains(where: { line.contains($0) }) else {
                return [String]()
            }
            return calls(in: SwiftLine(line).code).map { "\(file.path):\(index + 1): \($0) in a library" }
        }
    }

    private static func calls(in code: String) -> [String] {
        var found: [String] = []
        if code.contains(/(^|[^\w.])try!/) { found.append("try!") }
        if code.contains(/(^|[^\w.])fatalError\(/) { found.append("fatalError") }
        if code.contains(/(^|[^\w.`])print\(/), !code.contains(/func\s+print\(/) { found.append("print") }
        return found
    }
}
