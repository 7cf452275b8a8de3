/// The sample configuration and its reference name the same keys.
enum ConfigurationRule {
    static func violations(in reference: HouseFile, sample: HouseFile) -> [String] {
        let known = keys(of: sample)
        let told = told(in: reference)
        return known.subtracting(told).sorted().map { "\(reference.path): says nothing of \($0)" }
            + told.subtracting(known).sorted().map { "\(reference.path): \($0) is not in \(sample.path)" }
    }

    /// The paths of all keys that have a value, those commented out among them:
    /// `directories[].sync.deadline`. A comment has one space after its `#`; a key commented out has none, or
    /// several.
    static func keys(of sample: HouseFile) -> Set<String> {
        var open: [(indent: Int, name: String)] = []
        var keys: Set<String> = []
        for line in sample.lines {
            guard let found = line.firstMatch(of: /^#?(| {2,})(- )?([a-z_]+):(.*)$/) else { continue }
            let isItem = found.output.2 != nil
            let indent = found.output.1.count + (isItem ? 2 : 0)
            if isItem, open.last(where: { $0.indent < indent })?.name.hasSuffix("[]") == false {
                let list = open.lastIndex { $0.indent < indent } ?? 0
                open[list].name += "[]"
            }
            open.removeAll { $0.indent >= indent }
            let value = found.output.4.prefix { $0 != "#" }.trimming { $0 == " " }
            let name = String(found.output.3)
            if value.isEmpty {
                open.append((indent, name))
            } else {
                keys.insert((open.map(\.name) + [name]).joined(separator: "."))
            }
        }
        return keys
    }

    /// The first column of the reference's table.
    private static func told(in reference: HouseFile) -> Set<String> {
        var isReference = false
        var keys: Set<String> = []
        for line in reference.lines {
            if line.hasPrefix("## ") { isReference = line == "## Configuration reference" }
            guard isReference, let cell = line.firstMatch(of: /^\| (`[^|]+`) \|/)?.output.1 else { continue }
            keys.formUnion(cell.matches(of: /`([^`]+)`/).map { String($0.output.1) })
        }
        return keys
    }
}

extension Substring {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> Substring {
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
