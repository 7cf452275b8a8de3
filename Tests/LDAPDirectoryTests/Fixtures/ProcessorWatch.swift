import Foundation
import Synchronization

/// Watches how much processor time the threads of one name take, from a thread of its own.
final class ProcessorWatch: Sendable {
    private let name: String
    private struct State {
        var ticks: Int?
        var hasEnded = false
    }

    private let state = Mutex(State())

    init(thread name: String) {
        self.name = name
        Thread.detachNewThread { [self] in
            while !state.withLock(\.hasEnded) {
                look()
                usleep(20_000)
            }
        }
    }

    private func look() {
        if let spent = Self.ticks(name) { state.withLock { $0.ticks = max($0.ticks ?? 0, spent) } }
    }

    /// The most ticks that one such thread was seen to have; nil if none was seen.
    func end() -> Int? {
        look()
        return state.withLock { state in
            state.hasEnded = true
            return state.ticks
        }
    }

    /// User and system time of proc(5).
    private static func ticks(_ name: String) -> Int? {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads {
            // A thread may be gone by now: then it is not the one.
            guard let stat = FileManager.default.contents(atPath: "/proc/self/task/\(thread)/stat"),
                let line = String(bytes: stat, encoding: .utf8), line.contains("(\(name))"),
                let end = line.lastIndex(of: ")")
            else { continue }
            let fields = line[end...].split(separator: " ")
            return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
        }
        return nil
    }
}
