import Foundation

/// Files of the checkout that the tests are about.
enum Checkout {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        // Tests/HTTPBridgeTests/Fixtures/Checkout.swift
        for _ in 1...4 { folder.deleteLastPathComponent() }
        return folder
    }()

    static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}
