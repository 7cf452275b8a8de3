import AgentCore
import Synchronization
import TokenCore

/// What the agent has acknowledged, and what it was asked and did not acknowledge: kept outside of it.
final class Promises: Sendable {
    /// What survives of a token: everything a mutation of it can change here.
    struct Situation: Equatable {
        /// nil is one that nobody was told.
        var secret: SecretDigest?
        var ending: Ending.Kind?
    }

    struct Promise {
        let owner: OwnerID
        var secrets: [SecretDigest]
        /// One, unless something was not acknowledged.
        var allowed: [Situation]
    }

    private struct Book {
        var tokens: [UserCode: Promise] = [:]
        var gone: Set<OwnerID> = []
        var acknowledged = 0
    }

    private let book: Mutex<Book>

    init() { book = Mutex(Book()) }

    /// What was promised of a file holds for its copy.
    init(copying other: Promises) { book = Mutex(other.book.withLock { $0 }) }

    var acknowledged: Int { book.withLock { $0.acknowledged } }
    var tokens: [UserCode: Promise] { book.withLock { $0.tokens } }
    /// Confirmed gone, by an acknowledged reading.
    var gone: Set<OwnerID> { book.withLock { $0.gone } }

    /// Tokens about which nothing is in doubt.
    func certain(of owner: OwnerID) -> [(id: UserCode, situation: Situation)] {
        book.withLock { book in
            book.tokens.compactMap { id, promise in
                promise.owner == owner && promise.allowed.count == 1 ? (id, promise.allowed[0]) : nil
            }.sorted { $0.id.value < $1.id.value }
        }
    }

    func created(_ token: IssuedToken) {
        let digest = token.passCode.digest
        book.withLock { book in
            book.acknowledged += 1
            book.tokens[token.id] = Promise(
                owner: token.token.record.owner, secrets: [digest],
                allowed: [Situation(secret: digest, ending: nil)])
        }
    }

    /// Asked: from now on it may be either.
    func begin(_ id: UserCode, _ change: (inout Situation) -> Void) {
        book.withLock { book in
            for var situation in book.tokens[id]?.allowed ?? [] {
                change(&situation)
                book.tokens[id]?.allowed.append(situation)
            }
        }
    }

    /// Acknowledged: what was asked last is so.
    func done(_ id: UserCode, secret: SecretDigest? = nil) {
        book.withLock { book in
            book.acknowledged += 1
            guard var now = book.tokens[id]?.allowed.last else { return }
            if let secret {
                now.secret = secret
                book.tokens[id]?.secrets.append(secret)
            }
            book.tokens[id]?.allowed = [now]
        }
    }

    /// Acknowledged: what was asked last was nothing to do.
    func undone(_ id: UserCode) {
        book.withLock { book in
            guard let allowed = book.tokens[id]?.allowed else { return }
            book.tokens[id]?.allowed = Array(allowed.prefix(allowed.count / 2))
        }
    }

    func isGone(_ owner: OwnerID) {
        book.withLock { book in
            book.acknowledged += 1
            book.gone.insert(owner)
        }
    }

    /// Holds what is stored against what was promised; what was in doubt is then settled.
    func settle(_ record: TokenRecord) -> String? {
        book.withLock { book in
            guard let promise = book.tokens[record.id] else { return nil }
            let secret = promise.secrets.first { $0 == record.secret }
            let found = Situation(secret: secret, ending: record.ending?.kind)
            book.tokens[record.id]?.allowed = [found]
            guard !promise.allowed.contains(found) else { return nil }
            let allowed = promise.allowed.map(\.text).joined(separator: " or ")
            return "token \(record.id) was to be \(allowed), and is \(found.text)"
        }
    }
}

extension Promises.Situation {
    var text: String {
        "\(ending?.rawValue ?? "live") with \(secret == nil ? "a secret nobody knows" : "a known secret")"
    }
}
