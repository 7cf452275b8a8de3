import Yams

/// A mapping being read: each key that is asked for becomes known, and what is left at the end is refused.
///
/// Reading never stops at a problem. A value that cannot be used is reported and its default stands in, so
/// that one run names everything that is wrong.
final class YAMLSection {
    let problems: YAMLProblems
    private let path: String
    private let line: Int?
    private var entries: [String: Entry] = [:]
    private var known: Set<String> = []

    private struct Entry {
        var value: Node
        var line: Int?
    }

    init(_ mapping: Node.Mapping, path: String, line: Int?, problems: YAMLProblems) {
        self.problems = problems
        self.path = path
        self.line = line
        for (key, value) in mapping { take(key, value) }
    }

    private func take(_ key: Node, _ value: Node) {
        guard let name = key.scalar?.string else {
            let section = path.isEmpty ? nil : path
            let message = "expected a word as a key, not \(key.kindInWords)"
            return problems.add(section, line: key.mark?.line, message)
        }
        let plain = YAMLDocument.withoutMarker(name)
        if let first = entries[plain] {
            let where_ = first.line.map { ", first on line \($0)" } ?? ""
            problems.add(fullKey(plain), line: key.mark?.line, "is given more than once\(where_)")
            return
        }
        entries[plain] = Entry(value: value, line: key.mark?.line)
    }

    func fullKey(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func isGiven(_ key: String) -> Bool { entries[key].map { !$0.value.isNull } ?? false }

    /// Reports a problem with a key, at its line, or at the section's if the key is not there.
    func refuse(_ key: String, _ message: String) {
        problems.add(fullKey(key), line: entries[key]?.line ?? line, message)
    }

    /// The same for a key of one section in a list.
    func refuse(_ list: String, index: Int, _ key: String, _ message: String) {
        guard let sequence = entries[list]?.value.sequence, index < sequence.count else {
            return refuse(list, message)
        }
        let line = sequence[index].mapping?.first { $0.key.scalar?.string == key }?.key.mark?.line
        problems.add("\(fullKey(list))[\(index)].\(key)", line: line, message)
    }

    /// The node of a key, which is known from now on.
    private func node(_ key: String) -> Node? {
        known.insert(key)
        return entries[key]?.value
    }

    func value<Value>(_ key: String, _ kind: YAMLValue<Value>, default fallback: Value) -> Value {
        guard let node = node(key) else { return fallback }
        return read(node, kind, at: fullKey(key)) ?? fallback
    }

    /// nil when the key is left out or `null`.
    func optional<Value>(
        _ key: String, _ kind: YAMLValue<Value>, default fallback: Value? = nil
    ) -> Value? {
        guard let node = node(key) else { return fallback }
        return node.isNull ? nil : read(node, kind, at: fullKey(key))
    }

    /// The path of a file that is going to be read; nil when the key is left out or `null`.
    func file(_ key: String) -> String? {
        let path = optional(key, .absolutePath)
        if let path {
            problems.files.append(.init(path: path, key: fullKey(key), line: entries[key]?.value.mark?.line))
        }
        return path
    }

    /// nil only when a problem has been reported.
    func required<Value>(_ key: String, _ kind: YAMLValue<Value>) -> Value? {
        guard let node = node(key) else {
            refuse(key, "is missing")
            return nil
        }
        return read(node, kind, at: fullKey(key))
    }

    func list<Value>(_ key: String, of kind: YAMLValue<Value>) -> [Value] {
        guard let node = node(key) else { return [] }
        guard let sequence = node.sequence else {
            refuse(key, "expected a list, not \(node.kindInWords)")
            return []
        }
        return sequence.enumerated().compactMap { read($1, kind, at: "\(fullKey(key))[\($0)]") }
    }

    /// A list, or its only element by itself.
    func oneOrMore<Value>(_ key: String, of kind: YAMLValue<Value>) -> [Value] {
        if case .sequence? = entries[key]?.value { return list(key, of: kind) }
        return required(key, kind).map { [$0] } ?? []
    }

    private func read<Value>(_ node: Node, _ kind: YAMLValue<Value>, at key: String) -> Value? {
        do {
            return try kind.read(node)
        } catch {
            problems.add(key, line: node.mark?.line, error.message)
            return nil
        }
    }
}

extension YAMLSection {
    /// A section within this one. Left out, or with nothing in it but comments, it is all defaults.
    func section<Value>(_ key: String, default fallback: Value, _ read: (YAMLSection) -> Value) -> Value {
        guard let node = node(key), !node.isNull else { return fallback }
        return open(node, at: fullKey(key), read) ?? fallback
    }

    /// A section that means something by being there. With nothing in it, it is all defaults; `null` would
    /// say the opposite to half of its readers, and is refused.
    func section<Value>(ifGiven key: String, _ read: (YAMLSection) -> Value) -> Value? {
        guard let node = node(key) else { return nil }
        guard node.isNull else { return open(node, at: fullKey(key), read) }
        if node.word?.isEmpty == false {
            refuse(
                key, "expected a mapping, not null: leave \(key) out for none, or nothing in it for defaults")
        }
        return open(.mapping(Node.Mapping([])), at: fullKey(key), read)
    }

    /// A list of sections; nil when it is left out.
    func sections<Value>(_ key: String, _ read: (YAMLSection) -> Value) -> [Value]? {
        guard let node = node(key), !node.isNull else { return nil }
        guard let sequence = node.sequence else {
            refuse(key, "expected a list of mappings, not \(node.kindInWords)")
            return nil
        }
        return sequence.enumerated().compactMap { open($1, at: "\(fullKey(key))[\($0)]", read) }
    }

    /// Whether a key's value is a mapping, where a word would do too.
    func isMapping(_ key: String) -> Bool { entries[key]?.value.mapping != nil }

    func isEmptyList(_ key: String) -> Bool { entries[key]?.value.sequence?.isEmpty == true }

    private func open<Value>(_ node: Node, at key: String, _ read: (YAMLSection) -> Value) -> Value? {
        guard case .mapping(let mapping) = node else {
            problems.add(key, line: node.mark?.line, "expected a mapping, not \(node.kindInWords)")
            return nil
        }
        let section = YAMLSection(mapping, path: key, line: node.mark?.line, problems: problems)
        defer { section.refuseUnknownKeys() }
        return read(section)
    }

    func refuseUnknownKeys() {
        for key in entries.keys.sorted() where !known.contains(key) {
            problems.add(fullKey(key), line: entries[key]?.line, adviceOnUnknown(key))
        }
    }

    private func adviceOnUnknown(_ key: String) -> String {
        // A secret in the file would be in its backups, in version control and in every paste of it.
        if ["password", "bind_password", "bind_pw", "bindpw", "secret"].contains(key) {
            return "secrets are only named by file: use bind_password_file"
        }
        return "is not a known key" + NearMiss.suggestion(for: key, among: known.sorted())
    }
}
