/// How long a file and a line may be.
enum SizeRule {
    static let fileLinesMax = 400
    static let lineCharactersMax = 110

    static func violations(in file: HouseFile) -> [String] {
        var lines = file.lines
        if lines.last?.isEmpty == true { lines.removeLast() }
        var found: [String] = []
        if lines.count > fileLinesMax {
            found.append("\(file.path): \(lines.count) lines, and \(fileLinesMax) is the most")
        }
        for (index, line) in lines.enumerated()
        where line.utf8.count > lineCharactersMax && line.count > lineCharactersMax {
            found.append(
                "\(file.path):\(index + 1): \(line.count) characters, and \(lineCharactersMax) is the most")
        }
        return found
    }
}
