import Yams

/// How one kind of value is read from a node: the value, or a refusal that says what was expected.
struct YAMLValue<Value> {
    let read: (Node) throws(YAMLRefusal) -> Value

    init(_ read: @escaping (Node) throws(YAMLRefusal) -> Value) { self.read = read }
}

extension YAMLValue {
    /// The same value, looked at once more.
    func map<Other>(_ step: @escaping (Value) throws(YAMLRefusal) -> Other) -> YAMLValue<Other> {
        YAMLValue<Other> { (node) throws(YAMLRefusal) in try step(try read(node)) }
    }
}

extension Node {
    /// What stands there, for "expected …, not …". Never the value itself: it could be a misplaced secret.
    var kindInWords: String {
        switch self {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar):
            switch scalar.resolvedName {
            case .null: "null"
            case .bool: "a boolean"
            case .int, .float: "a number"
            case .timestamp: "a date"
            default: "a string"
            }
        }
    }

    /// A scalar as it is written; nil for anything else.
    var word: String? { scalar?.string }

    var isNull: Bool { scalar?.resolvedName == .null }
}

extension Node.Scalar {
    /// What YAML takes this scalar for; quoted ones are always strings.
    var resolvedName: Tag.Name { Tag.Name(rawValue: Node.scalar(self).tag.description) }
}
