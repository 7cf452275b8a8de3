import Yams

/// Composes a document, and makes of the parser's own complaints problems with a line.
enum YAMLDocument {
    /// The parser gives up at a key that is given twice, and says neither the path nor the second line. So
    /// the first of the two is marked with this private-use character and the document composed again: the
    /// section that finds a marked key knows both.
    private static let marker: Unicode.Scalar = "\u{E000}"
    private static let duplicatesMax = 64

    /// nil for an empty document, and when a problem was reported.
    static func compose(_ text: String, problems: YAMLProblems) -> Node? {
        var text = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        for _ in 0..<duplicatesMax {
            do {
                return try Yams.compose(yaml: text)
            } catch let YamlError.duplicatedKeysInMapping(keys, context) {
                guard let marked = marking(text, context.mark) else {
                    let names = keys.map(withoutMarker).joined(separator: ", ")
                    problems.add(nil, line: context.mark.line, "given more than once: \(names)")
                    return nil
                }
                text = marked
            } catch {
                let (line, message) = describe(error)
                problems.add(nil, line: line, message)
                return nil
            }
        }
        problems.add(nil, line: nil, "more than \(duplicatesMax) keys are given more than once")
        return nil
    }

    static func withoutMarker(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.drop { $0 == marker }))
    }

    private static func marking(_ text: String, _ mark: Mark) -> String? {
        var scalars = Array(text.unicodeScalars)
        guard var index = offset(of: mark, in: scalars) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        scalars.insert(marker, at: index)
        return String(String.UnicodeScalarView(scalars))
    }

    private static func offset(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while index < scalars.count, line < mark.line {
            // The line breaks of YAML 1.1, which is what libyaml counts.
            switch scalars[index] {
            case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": index += 1
            default: break
            }
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalars[index]) { line += 1 }
            index += 1
        }
        index += mark.column - 1
        return index < scalars.count ? index : nil
    }

    /// Never the parser's own description: that quotes the line, and the line may hold a secret.
    private static func describe(_ error: any Error) -> (line: Int?, message: String) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _),
            YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            (mark.line, "is not YAML: \(problem)")
        case YamlError.reader(let problem, _, _, _): (nil, "is not YAML: \(problem)")
        default: (nil, "is not YAML")
        }
    }
}
