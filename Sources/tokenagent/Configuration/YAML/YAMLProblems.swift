/// The problems of one document, collected while its sections are read, so that all are reported at once.
final class YAMLProblems {
    private(set) var all: [ConfigurationError.Problem] = []

    func add(_ key: String?, line: Int?, _ message: String) {
        all.append(.init(key: key, line: line, message: message))
    }
}
