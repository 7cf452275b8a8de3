/// A configuration that cannot be used, with everything that is wrong with it. The daemon exits with 78
/// (EX_CONFIG).
struct ConfigurationError: Error, Equatable {
    struct Problem: Equatable, Sendable {
        /// The path of the key, as `directories[0].guard.removals_max`; nil for the file as a whole.
        var key: String?
        var line: Int?
        /// What was expected. Never the value of anything that could be a secret.
        var message: String
    }

    var file: String
    /// In the order of their lines; never empty.
    var problems: [Problem]

    init(file: String, problems: [Problem]) {
        self.file = file
        // A stable order by hand: sort(by:) promises none, and one line may have several problems.
        self.problems = problems.enumerated()
            .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line a problem: `FILE:LINE: KEY: what was expected`, as compilers write and editors understand it.
    var description: String {
        problems.map { problem in
            let place = problem.line.map { "\(file):\($0)" } ?? file
            let key = problem.key.map { ": \($0)" } ?? ""
            return "\(place)\(key): \(problem.message)"
        }.joined(separator: "\n")
    }
}
