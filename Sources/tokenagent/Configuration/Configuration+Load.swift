import Foundation
import Yams

extension Configuration {
    private static let fileBytesMax = 1 << 20

    /// Reads a file, or says everything that is wrong with it; to serve, what it names to be read has to be
    /// readable as well.
    static func load(path: String, toServe: Bool = false) throws(ConfigurationError) -> Configuration {
        try Configuration(yaml: try text(of: path), file: path, toServe: toServe)
    }

    /// The socket's path: where another one than the default is given, whatever is wrong with the rest.
    static func socketPath(ofFile file: String) throws(ConfigurationError) -> String {
        let text = try text(of: file)
        do {
            return try Configuration(yaml: text, file: file).socket.path
        } catch {
            let problems = YAMLProblems()
            let root = YAMLDocument.compose(text, problems: problems)
            let path = Configuration(reading: document(root, problems)).socket.path
            guard path != SocketConfiguration().path else { throw error }
            return path
        }
    }

    /// `file` is only for messages.
    init(yaml: String, file: String, toServe: Bool = false) throws(ConfigurationError) {
        let problems = YAMLProblems()
        let root = YAMLDocument.compose(yaml, problems: problems)
        let document = Self.document(root, problems)
        self.init(reading: document)
        document.refuseUnknownKeys()
        if toServe { problems.refuseUnreadableFiles() }
        guard problems.all.isEmpty else { throw ConfigurationError(file: file, problems: problems.all) }
    }

    /// A file without content is one that was cut off, or is being written: taken for all defaults, it would
    /// drop every directory and every rule.
    private static func document(_ root: Node?, _ problems: YAMLProblems) -> YAMLSection {
        if let root, root.mapping == nil, !root.isNull {
            problems.add(
                nil, line: root.mark?.line, "expected a mapping of sections, not \(root.kindInWords)")
        } else if root?.mapping == nil, problems.all.isEmpty {
            problems.add(nil, line: nil, "has no content; {} says that all defaults are meant")
        }
        return YAMLSection(root?.mapping ?? [:], path: "", line: nil, problems: problems)
    }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            data = try file.read(upToCount: fileBytesMax + 1) ?? Data()
        } catch {
            throw refusal(path, "cannot be read: \(reason(error))")
        }
        guard data.count <= fileBytesMax else { throw refusal(path, "is larger than \(fileBytesMax) bytes") }
        guard let text = String(data: data, encoding: .utf8) else { throw refusal(path, "is not UTF-8") }
        return text
    }

    private static func refusal(_ path: String, _ message: String) -> ConfigurationError {
        ConfigurationError(file: path, problems: [.init(key: nil, line: nil, message: message)])
    }

    /// Foundation wraps the system's own word, which is the one that helps.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        let code = (underlying ?? error) as NSError
        guard code.domain == NSPOSIXErrorDomain else { return (error as NSError).localizedDescription }
        return String(cString: strerror(Int32(code.code)))
    }
}
