/// What nothing is called, because it says nothing.
enum NameRule {
    /// Folders, files and types whose name ends in a word for "various things".
    static func violations(in file: HouseFile) -> [String] {
        let parts = file.path.split(separator: "/").map { part in
            String(part.split(separator: ".").first ?? part).split(separator: "+").map(String.init)
        }
        var found = parts.joined().filter(isVague).map { "\(file.path): nothing is called \($0)" }
        for (index, line) in file.lines.enumerated() {
            guard mayDeclare(line), let type = SwiftLine(line).declaredType else { continue }
            let place = "\(file.path):\(index + 1)"
            if isVague(type) { found.append("\(place): nothing is called \(type)") }
            // Such a type hides the module: no name in it could be qualified any more.
            if type == file.target { found.append("\(place): \(type) is the name of its own module") }
        }
        return found
    }

    /// A quick look before the slow one, which is most of the time this test takes.
    private static func mayDeclare(_ line: Substring) -> Bool {
        ["struct ", "class ", "enum ", "actor ", "protocol ", "typealias "].contains { line.contains($0) }
    }

    private static func isVague(_ name: String) -> Bool {
        ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager", "Managers"].contains {
            name.hasSuffix($0) || name.lowercased() == $0.lowercased()
        }
    }
}
