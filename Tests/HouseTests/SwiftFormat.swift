import Foundation

@testable import RealServers

/// The formatter that came with the compiler.
enum SwiftFormat {
    struct Answer {
        var status: Int32
        var complaints: String
    }

    static let isInstalled: Bool = (try? run(["--version"], in: Checkout().root))?.status == 0

    static func lint(_ checkout: Checkout) throws -> Answer {
        try run(lint + ["--recursive", "Sources", "Tests", "Package.swift"], in: checkout.root)
    }

    static func lint(_ source: String, _ checkout: Checkout) throws -> Answer {
        try run(lint + ["-"], in: checkout.root, input: source)
    }

    private static let lint = ["lint", "--strict", "--parallel", "--configuration", ".swift-format"]

    private static func run(_ arguments: [String], in folder: URL, input: String = "") throws -> Answer {
        let files = FileManager.default.temporaryDirectory.appending(path: "format.\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: files) }
        try input.write(to: files.appending(path: "input"), atomically: false, encoding: .utf8)
        let process = try ChildProcess(
            .init(
                command: ["/usr/bin/env", "-C", folder.path, "swift", "format"] + arguments,
                errors: files.appending(path: "errors").path, input: files.appending(path: "input").path))
        let status = try process.wait(within: .seconds(300))
        let complaints = try String(contentsOf: files.appending(path: "errors"), encoding: .utf8)
        return Answer(status: status, complaints: complaints)
    }
}
