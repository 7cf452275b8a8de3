import Foundation
import Synchronization

/// Watches how many threads of one name there are at once, from a thread of its own.
final class ThreadCount: Sendable {
    private struct State {
        var most = 0
        var hasEnded = false
    }

    private let state = Mutex(State())

    init(name: String) {
        Thread.detachNewThread { [self] in
            while !state.withLock(\.hasEnded) {
                let count = Self.count(name)
                state.withLock { $0.most = max($0.most, count) }
                usleep(20_000)
            }
        }
    }

    func end() -> Int {
        state.withLock { state in
            state.hasEnded = true
            return state.most
        }
    }

    private static func count(_ name: String) -> Int {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        // A thread may be gone by now: then it is not one of them.
        return threads.count { thread in
            FileManager.default.contents(atPath: "/proc/self/task/\(thread)/comm") == Data((name + "\n").utf8)
        }
    }
}
