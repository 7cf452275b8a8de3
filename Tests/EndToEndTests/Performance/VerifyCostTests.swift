import AgentProtocol
import Foundation
import Testing

@testable import RealServers

/// What a verify costs, in numbers that depend on no machine's mood: its allocations and its instructions,
/// counted from outside. Whoever puts a string, a closure or a copy on the path finds it here.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc"))
struct VerifyCostTests {
    #if DEBUG
        /// Without the optimiser most values that stay on the stack are allocated.
        static let allocationsMax = 8.5
        /// By how many come at once. Seen: 364,008.
        static let instructionsMax = [1: 390_000.0]
    #else
        /// One, for the hash.
        static let allocationsMax = 1.2
        /// By how many come at once. Seen: 19,300 and 4,810; processors differ in how they copy and hash.
        static let instructionsMax = [1: 20_500.0, 64: 5100.0]
    #endif

    static let verifies = 2000

    @Test func aVerifyAllocatesNoMoreThanItDid() throws {
        let daemon = try DaemonProcess(unstarted: DaemonSettings())
        let library = daemon.folder.file("allocations.so")
        try Self.compile("allocations.c", to: library, "-shared", "-fPIC")
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
        // What the daemon does besides now and then is counted as well: the more of it, the longer a round.
        var each = Double.infinity
        for _ in 1...3 where each > Self.allocationsMax {
            each = min(each, Double(try run(Self.verifies)) / Double(Self.verifies))
        }
        #expect(each <= Self.allocationsMax, "\(each) allocations a verify")
        #expect(each > 0.5, "nothing was counted")
        try daemon.terminate()
    }

    /// By stepping through it: the processor's own counters are not there in many virtual machines.
    @Test(
        .enabled(if: geteuid() == 0, "only root may trace the daemon"),
        arguments: instructionsMax.keys.sorted())
    func aVerifyTakesNoMoreInstructionsThanItDid(atOnce count: Int) throws {
        let daemon = try DaemonProcess(DaemonSettings())
        let stepper = daemon.folder.file("instructions")
        try Self.compile("instructions.c", to: stepper)
        let token = try daemon.create(["source": "service", "id": "robot"]).token
        let line = try DaemonProcess.request("token.verify", ["token": .string(token)]) + "\n"
        let output = daemon.folder.file("steps")
        let steps = try ChildProcess(
            .init(
                command: [stepper, "\(try #require(daemon.child).pid)", daemon.socket, "2"], output: output,
                errors: output, input: daemon.folder.write(String(repeating: line, count: count), to: "in")))
        let status = try steps.wait(within: .seconds(300))
        let said = try daemon.folder.text(of: "steps")
        try #require(status == 0, "\(said)")
        let each = try #require(Double(said.trimmingCharacters(in: .newlines))) / Double(count)
        let most = try #require(Self.instructionsMax[count])
        print("verify: \(each) instructions, with \(count) at once")
        #expect(each <= most, "\(each) instructions a verify")
        #expect(each > 1000, "nothing was counted")
    }

    /// A program of the benchmarks.
    private static func compile(_ name: String, to path: String, _ options: String...) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Benchmarks/Load/\(name)").standardizedFileURL.path
        let compiler = try ChildProcess(
            .init(command: ["/usr/bin/gcc", "-O2", "-o", path, source] + options))
        try #require(compiler.wait() == 0)
    }

    private static func count(_ file: String) throws -> UInt64 {
        try Data(contentsOf: URL(fileURLWithPath: file)).withUnsafeBytes {
            $0.loadUnaligned(as: UInt64.self)
        }
    }
}
