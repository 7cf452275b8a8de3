import SeededRuns
import Synchronization

/// What a daemon has acknowledged, and what it was asked and had not answered when it was killed.
final class CrashBook: Sendable {
    struct Situation: Hashable {
        /// The token's text; nil is one that nobody was told.
        var secret: String?
        var ending: String?
    }

    private struct Entry {
        let writer: Int
        var secrets: [String]
        var allowed: [Situation]
    }

    private struct Pages {
        var entries: [String: Entry] = [:]
        var touched: Set<String> = []
        var acknowledged = 0
        var failures: [String] = []
    }

    private let pages = Mutex(Pages())

    var acknowledged: Int { pages.withLock { $0.acknowledged } }

    /// Tokens of one writer about which nothing is in doubt, with how they have ended.
    func certain(of writer: Int) -> [(id: String, ending: String?)] {
        pages.withLock { pages in
            pages.entries.compactMap { id, entry in
                entry.writer == writer && entry.allowed.count == 1 && entry.allowed[0].secret != nil
                    ? (id, entry.allowed[0].ending) : nil
            }.sorted { $0.id < $1.id }
        }
    }

    func secrets(of id: String) -> [String] { pages.withLock { $0.entries[id]?.secrets ?? [] } }

    func made(_ token: MadeToken, writer: Int) {
        pages.withLock { pages in
            pages.acknowledged += 1
            pages.touched.insert(token.id)
            pages.entries[token.id] = Entry(
                writer: writer, secrets: [token.token],
                allowed: [Situation(secret: token.token, ending: nil)])
        }
    }

    func begin(_ id: String, _ change: (inout Situation) -> Void) {
        pages.withLock { pages in
            guard var situation = pages.entries[id]?.allowed.last else { return }
            change(&situation)
            pages.touched.insert(id)
            pages.entries[id]?.allowed.append(situation)
        }
    }

    /// Acknowledged: what was asked last is so.
    func done(_ id: String, secret: String? = nil) {
        pages.withLock { pages in
            pages.acknowledged += 1
            guard var situation = pages.entries[id]?.allowed.last else { return }
            if let secret {
                situation.secret = secret
                pages.entries[id]?.secrets.append(secret)
            }
            pages.entries[id]?.allowed = [situation]
        }
    }

    func fail(_ text: String) { pages.withLock { $0.failures.append(text) } }

    func takeFailures() -> [String] {
        pages.withLock { pages in
            defer { pages.failures = [] }
            return pages.failures
        }
    }

    /// Whatever was touched since the last time, and a few others.
    func worthALook(_ chance: inout SeededGenerator) -> [String] {
        var generator = chance
        defer { chance = generator }
        return pages.withLock { pages in
            defer { pages.touched = [] }
            let others = pages.entries.keys.sorted().shuffled(using: &generator).prefix(50)
            return Array(pages.touched.union(others))
        }
    }

    /// What is found must be what was promised, and is what holds from now on.
    func settle(_ id: String, state: String, good: Set<String>) -> String? {
        pages.withLock { pages in
            guard let entry = pages.entries[id] else { return nil }
            let ending = ["revoked", "purged"].contains(state) ? state : nil
            // Of a purged token, and of one whose owner is gone, no secret can be told from a wrong one.
            let tells = state != "purged" && state != "obsolete"
            let found = entry.allowed.filter { allowed in
                allowed.ending == ending && (!tells || allowed.secret.map { good == [$0] } ?? good.isEmpty)
            }
            if let last = found.last { pages.entries[id]?.allowed = [last] }
            guard found.isEmpty else { return nil }
            let allowed = entry.allowed.map { "\($0.ending ?? "live")" }.joined(separator: " or ")
            return "token \(id) was to be \(allowed), and is \(state) with \(good.count) good secrets"
        }
    }
}
