import Foundation

/// A file of the checkout, or one that a test makes up to see a rule fail.
struct HouseFile: Sendable {
    /// From the top of the checkout: `Sources/TokenCore/Token/Base62.swift`.
    var path: String
    var text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The target of `Sources/TARGET/…`; nil elsewhere.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }
}

/// The files that the rules are held against.
struct Checkout {
    let root: URL

    /// Found from this very file, wherever the tests are built.
    init(file: String = #filePath) {
        root = URL(filePath: file).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    func swiftFiles() throws -> [HouseFile] {
        try files("Sources", suffix: ".swift") + files("Tests", suffix: ".swift") + [file("Package.swift")]
    }

    func documents() throws -> [HouseFile] {
        let readme = exists("README.md") ? [try file("README.md")] : []
        return try readme + files("docs", suffix: ".md")
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    func file(_ path: String) throws -> HouseFile {
        HouseFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    private func files(_ folder: String, suffix: String) throws -> [HouseFile] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return try (names?.allObjects as? [String] ?? []).filter { $0.hasSuffix(suffix) }.sorted()
            .map { try file("\(folder)/\($0)") }
    }
}
