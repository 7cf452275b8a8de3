/// What somebody would type from a document is there: subcommands and scripts.
enum CommandLineRule {
    /// The subcommands of each command, by their names: `""` is the program itself.
    typealias Commands = [String: Set<String>]

    static func violations(in document: HouseFile, commands: Commands, exists: (String) -> Bool) -> [String] {
        shellLines(of: document).flatMap { number, line -> [String] in
            let place = "\(document.path):\(number)"
            let scripts = line.matches(of: /^(scripts\/[\w.\/-]+)/).map { String($0.output.1) }
            let missing = scripts.filter { !exists($0) }.map { "\(place): there is no \($0)" }
            return missing + calls(in: line).compactMap { unknown($0, commands) }.map { "\(place): \($0)" }
        }
    }

    /// Subcommands that no line of the README's tables names.
    static func unnamed(in document: HouseFile, commands: Commands) -> [String] {
        let rows = document.lines.filter { $0.hasPrefix("|") }.joined(separator: "\n")
        let all = commands[""]?.flatMap { name in commands[name]?.map { "\(name) \($0)" } ?? [name] } ?? []
        return all.sorted().filter { !rows.contains("`\($0)`") }
            .map { "\(document.path): `\($0)` is in no table" }
    }

    /// Read from the sources of the command line: the lists of subcommands, and what each calls itself.
    static func commands(in sources: [HouseFile]) -> Commands {
        var names: [String: String] = [:]
        var lists: [String: [String]] = [:]
        for file in sources where file.target == "tokenagent" {
            let declared = /struct (\w+): (?:AgentCommand|AsyncParsableCommand) \{/
            guard let type = file.text.firstMatch(of: declared).map({ String($0.output.1) }) else { continue }
            let named = file.text.firstMatch(of: /(?:described\(\s*|commandName: )"([a-z]+)"/)
            names[type] = named.map { String($0.output.1) } ?? type.lowercased()
            let list = file.text.firstMatch(of: /subcommands: \[([^\]]*)\]/)?.output.1 ?? ""
            lists[type] = list.matches(of: /(\w+)\.self/).map { String($0.output.1) }
        }
        var commands: Commands = [:]
        for (type, list) in lists where !list.isEmpty {
            let name = type == "Tokenagent" ? "" : names[type] ?? type
            commands[name] = Set(list.map { names[$0] ?? $0 })
        }
        return commands
    }

    /// The lines of fenced blocks, with their numbers.
    private static func shellLines(of document: HouseFile) -> [(Int, Substring)] {
        var isShell = false
        var found: [(Int, Substring)] = []
        for (index, line) in document.lines.enumerated() {
            if line.hasPrefix("```") {
                isShell = !isShell && line == "```sh"
            } else if isShell {
                found.append((index + 1, line))
            }
        }
        return found
    }

    /// The words after `tokenagent`, wherever on the line it is called.
    private static func calls(in line: Substring) -> [[String]] {
        line.matches(of: /(?:^|&& |\| |\$\(|sudo -u \w+ )tokenagent((?: [a-z]+)*)/).map { call in
            call.output.1.split(separator: " ").map(String.init)
        }
    }

    private static func unknown(_ words: [String], _ commands: Commands) -> String? {
        guard let first = words.first else { return nil }
        guard commands[""]?.contains(first) == true else { return "there is no tokenagent \(first)" }
        guard let below = commands[first] else { return nil }
        let second = words.dropFirst().first ?? "(nothing)"
        return below.contains(second) ? nil : "there is no tokenagent \(first) \(second)"
    }
}
