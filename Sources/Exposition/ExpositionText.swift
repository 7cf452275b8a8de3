/// The text exposition format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
enum ExpositionText {
    static func family(_ name: String, _ family: Family, help: String?) -> String {
        var text = help.map { "# HELP \(name) \(escaped($0, quotes: false))\n" } ?? ""
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, cell) in family.cells.sorted(by: { $0.key < $1.key }) {
            switch cell {
            case .counter(let tally): text += sample(name, labels, "\(tally.total)")
            case .gauge(let level): text += sample(name, labels, number(level.value))
            case .histogram(let spread): text += histogram(name, labels, spread)
            }
        }
        return text
    }

    private static func histogram(_ name: String, _ labels: String, _ spread: Spread) -> String {
        let now = spread.now
        let buckets = zip(spread.bounds.map(number) + ["+Inf"], now.atOrBelow + [now.count])
        return buckets.map { bound, count in
            let both = labels + (labels.isEmpty ? "" : ",") + "le=\"\(bound)\""
            return sample(name + "_bucket", both, "\(count)")
        }.joined() + sample(name + "_sum", labels, number(now.sum))
            + sample(name + "_count", labels, "\(now.count)")
    }

    private static func sample(_ name: String, _ labels: String, _ value: String) -> String {
        name + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
    }

    /// As they stand between the braces.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\(name($0.0))=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
    }

    /// Others' names may have dots and dashes.
    static func name(_ label: String) -> String {
        let name = String(
            label.unicodeScalars.map { scalar -> Character in
                let isFit = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isFit ? Character(scalar) : "_"
            })
        return name.first.map { ("0"..."9").contains($0) } ?? true ? "_" + name : name
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
