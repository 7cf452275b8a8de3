import Foundation
import Glibc
import Synchronization

@testable import RealServers

/// The built daemon as a process of its own.
final class DaemonUnderTest: Sendable {
    let folder: String
    private let process: Mutex<ChildProcess>

    var socket: String { folder + "/s" }
    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    /// It lies beside the tests themselves.
    static let executable: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return (own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ".") + "/tokenagent"
    }()

    init(_ configuration: (_ folder: String) -> String) throws {
        var template = Array("/tmp/bridge.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FixtureFailure("mkdtemp: \(errno)") }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let file = folder + "/c.yaml"
        try configuration(folder).write(toFile: file, atomically: true, encoding: .utf8)
        // Whoever the socket lets in has to come to it.
        chmod(folder, 0o711)
        process = Mutex(try Self.spawn(folder))
    }

    private static func spawn(_ folder: String) throws -> ChildProcess {
        try ChildProcess(
            .init(
                command: [executable, "serve", "--config", folder + "/c.yaml"], output: folder + "/log",
                errors: folder + "/log"))
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// After `end`, on the same database.
    func startAgain() throws {
        try process.withLock { $0 = try Self.spawn(folder) }
    }

    /// Ends it; its folder stays.
    func end() { _ = process.withLock { $0.end() } }

    func stop() {
        end()
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            FileHandle.standardError.write(Data("cannot remove \(folder): \(error)\n".utf8))
        }
    }
}

struct FixtureFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Tries until something is there.
func eventually<T>(_ what: String, _ body: () async throws -> T?) async throws -> T {
    let deadline = ContinuousClock.now + .patient
    while ContinuousClock.now < deadline {
        if let value = try await body() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw FixtureFailure("waited in vain for \(what)")
}
