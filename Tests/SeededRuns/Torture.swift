import Foundation

/// How long and from which seed: what `scripts/torture` asks for, or a test's own.
package enum Torture {
    /// Long runs are also held to figures that depend on the machine.
    package static var isLong: Bool { ProcessInfo.processInfo.environment["TORTURE"] != nil }

    package static func number(_ name: String, _ own: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? own
    }

    /// Drawn anew for each run, and printed by whoever uses it.
    package static func seed(_ name: String = "TORTURE_SEED") -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)
    }

    /// For people who follow a long run, and for what a failure is replayed from.
    package static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
