import GRDB

/// The WHERE of a query whose parts are optional.
struct Conditions {
    private var parts: [String] = []
    private(set) var arguments: [(any DatabaseValueConvertible)?] = []

    /// For a part that has several.
    mutating func add(arguments values: (any DatabaseValueConvertible)...) { arguments += values }

    mutating func add(_ part: String, _ values: (any DatabaseValueConvertible)...) {
        parts.append(part)
        arguments += values
    }

    var clause: String { parts.isEmpty ? "" : "WHERE " + parts.joined(separator: " AND ") }
}
