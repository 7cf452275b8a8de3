import AgentProtocol
import Foundation
import Testing

@testable import RealServers

/// What a verify costs, in a number that is the same on every machine: its allocations, counted from outside.
/// Whoever puts a string, a closure or a copy on the path finds it here.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc"))
struct VerifyCostTests {
    #if DEBUG
        /// Without the optimiser most values that stay on the stack are allocated.
        static let allocationsMax = 8.5
    #else
        /// One, for the hash.
        static let allocationsMax = 1.2
    #endif

    static let verifies = 2000

    @Test func aVerifyAllocatesNoMoreThanItDid() throws {
        let daemon = try DaemonProcess(unstarted: DaemonSettings())
        let library = daemon.folder.file("allocations.so")
        let compiler = try ChildProcess(
            .init(command: ["/usr/bin/gcc", "-shared", "-fPIC", "-O2", "-o", library, Self.source]))
        try #require(compiler.wait() == 0)
        let counter = daemon.folder.file("allocations")
        daemon.environment = ["LD_PRELOAD": library, "ALLOCATIONS_FILE": counter]
        try daemon.start()

        let token = try daemon.create(["source": "service", "id": "robot"]).token
        let connection = try daemon.connect()
        let request = try DaemonProcess.request("token.verify", ["token": .string(token)])
        func run(_ count: Int) throws -> UInt64 {
            let before = try Self.count(counter)
            for _ in 0..<count { #expect(try connection.ask(request)["result"]["active"] == true) }
            return try Self.count(counter) - before
        }
        _ = try run(100)
        let each = Double(try run(Self.verifies)) / Double(Self.verifies)
        #expect(each <= Self.allocationsMax, "\(each) allocations a verify")
        #expect(each > 0.5, "nothing was counted")
        try daemon.terminate()
    }

    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Benchmarks/Load/allocations.c").standardizedFileURL.path

    private static func count(_ file: String) throws -> UInt64 {
        try Data(contentsOf: URL(fileURLWithPath: file)).withUnsafeBytes {
            $0.loadUnaligned(as: UInt64.self)
        }
    }
}
