import Glibc

/// The problems of one document, collected while its sections are read, so that all are reported at once.
final class YAMLProblems {
    /// A file that the document names, to be read.
    struct File {
        var path: String
        var key: String
        var line: Int?
    }

    private(set) var all: [ConfigurationError.Problem] = []
    var files: [File] = []

    func add(_ key: String?, line: Int?, _ message: String) {
        all.append(.init(key: key, line: line, message: message))
    }

    /// Not while the document is read: who only looks for the socket need not be allowed to read a password.
    func refuseUnreadableFiles() {
        for file in files {
            guard let reason = Self.objection(to: file.path) else { continue }
            add(file.key, line: file.line, "expected a file that can be read, and \(file.path): \(reason)")
        }
    }

    private static func objection(to path: String) -> String? {
        guard access(path, R_OK) == 0 else { return String(cString: strerror(errno)) }
        return FileFacts(path)?.isFolder == true ? String(cString: strerror(EISDIR)) : nil
    }
}
