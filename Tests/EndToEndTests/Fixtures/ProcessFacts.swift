import Foundation
import Glibc

@testable import RealServers

/// What /proc says of a process (proc(5)).
struct ProcessFacts {
    let pid: pid_t

    /// Memory that is in use, in bytes.
    var residentBytes: Int {
        get throws {
            let status = try text("status").split(separator: "\n")
            guard let line = status.first(where: { $0.hasPrefix("VmRSS:") }),
                let kilobytes = line.split(whereSeparator: { !$0.isNumber }).compactMap({ Int($0) }).first
            else { throw FixtureFailure("no VmRSS of \(pid)") }
            return kilobytes * 1024
        }
    }

    /// Time on processors, of all its threads, in seconds.
    var processorSeconds: Double {
        get throws {
            // The second field is a name in parentheses, and may have anything in it.
            let stat = try text("stat")
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
                throw FixtureFailure("cannot read \(stat)")
            }
            return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    var descriptors: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count }
    }

    /// Those beyond the standard ones that a program it would become by exec(2) would find open, by what they
    /// are.
    var inheritable: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap { name in
                guard let number = Int32(name), number > 2 else { return nil }
                // One that was closed since tells nothing any more.
                guard let facts = try? text("fdinfo/\(name)"),
                    let target = try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "/proc/\(pid)/fd/\(name)"),
                    let words = facts.split(separator: "\n").first(where: { $0.hasPrefix("flags:") }),
                    let flags = words.split(whereSeparator: \.isWhitespace).last.flatMap({
                        Int32($0, radix: 8)
                    })
                else { return nil }
                return flags & O_CLOEXEC == 0 ? "\(name): \(target)" : nil
            }
        }
    }

    var threads: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count }
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(name)")), as: UTF8.self)
    }
}

extension DaemonProcess {
    var facts: ProcessFacts {
        get throws {
            guard let child else { throw FixtureFailure("it was not started") }
            return ProcessFacts(pid: child.pid)
        }
    }
}
