import Foundation
import Testing

extension EndToEnd {
    /// What the kernel says of the running daemon (proc(5)).
    @Suite struct HardeningTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        private func process(_ name: String) throws -> String {
            let path = "/proc/\(try daemon.facts.pid)/\(name)"
            return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        }

        @Test func `it may leave no core`() throws {
            let limit = try process("limits").split(separator: "\n").first {
                $0.hasPrefix("Max core file size")
            }
            let words = try #require(limit).split(separator: " ")
            #expect(words.dropFirst(4).prefix(2) == ["0", "0"], "\(words)")
        }
    }
}
