import Foundation

/// How long and from which seed: what `scripts/torture` asks for, or a test's own.
enum Torture {
    static func number(_ name: String, _ own: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? own
    }

    /// Drawn anew for each run, and printed by whoever uses it.
    static func seed(_ name: String = "TORTURE_SEED") -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)
    }

    /// For people who follow a long run, and for what a failure is replayed from.
    static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
