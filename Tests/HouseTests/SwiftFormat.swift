import Foundation

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
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "format"] + arguments
        process.currentDirectoryURL = folder
        let standardInput = Pipe()
        let standardError = Pipe()
        process.standardInput = standardInput
        process.standardOutput = FileHandle.nullDevice
        process.standardError = standardError
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let complaints = try standardError.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus, complaints: String(decoding: complaints, as: UTF8.self))
    }
}
