import AgentCore
import TokenCore

/// What an agent is to answer, worked out without one: small values, no store, no index, no concurrency.
///
/// Written from the documents, not from the code: docs/directory.md for readings, docs/protocol.md for verbs.
struct Model {
    static let grace = TimeSpan.hours(24)
    static let tombstone = TimeSpan.days(30)
    static let expiredAfter = TimeSpan.days(30)
    static let limits = GuardLimits(removalsMax: 2, removalsPercentMax: 5, dropPercentMax: 20)
    /// Over this span the guard adds up what changes have removed.
    static let guardWindow = TimeSpan.hours(1)
    /// How long a held plan may be approved.
    static let planKept = TimeSpan.days(7)

    /// Where the directory has somebody.
    enum Place: CaseIterable { case here, disabled, moved, filtered, deleted }

    struct Known: Equatable {
        var standing: Standing
        var since: Timestamp
        /// Somebody looked for them, and they were not where they should be.
        var isRemoved = false
    }

    struct Token {
        /// A person's login; nil is a service.
        var person: String?
        /// By number, in the order in which they were issued.
        var secret = 0
        var previous: (secret: Int, until: Timestamp)?
        var createdAt: Timestamp
        var updatedAt: Timestamp
        var expiresAt: Timestamp?
        var ending: (kind: Ending.Kind, at: Timestamp)?
        var write = true
        var flags: [String] = []
        /// Its tombstone is gone as well.
        var isForgotten = false
        /// What the audit trail tells of it after its making.
        var lines: [Line] = []

        enum Line {
            /// Rotated, updated, or brought back.
            case changed
            case ended(Ending.Kind, Timestamp)
        }

        var isLive: Bool { ending == nil && !isForgotten }
    }

    /// Who would lose the use of their tokens.
    typealias Plan = [String: Evidence]

    /// A plan that the guard holds, and by how many hundredths people are fewer, where that is why.
    struct Held: Equatable {
        var plan: Plan
        /// Who would be suspended because they are disabled.
        var disabled: Set<String>
        var dropPercent: Int?
    }

    var now: Timestamp
    var directory: [String: Place] = [:]
    /// The people whom the store knows.
    var known: [String: Known] = [:]
    /// What the audit trail tells of how people stand.
    var standingLines: [String: [Known]] = [:]
    var tokens: [Token] = []
    var held: Held?
    var heldSince = Timestamp(milliseconds: 0)
    /// Of the last accepted reading, and corrected by changes since.
    var people = 0
    /// Of the last accepted reading.
    var counted = 0
    var approvedAt = Timestamp.distantPast
    var lastCompleteAt: Timestamp?
    /// Whether the directory can be asked what changed since the last time.
    var hasCookie = false

    init(now: Timestamp) { self.now = now }

    // MARK: Verifying

    /// `secret` is a number of the token's; nil is a wrong one.
    func answer(_ number: Int, secret: Int?, for demand: Demand) -> Answer {
        let token = tokens[number]
        if token.isForgotten || token.ending?.kind == .purged { return .unknown }
        let isPrevious = token.previous.map { $0.secret == secret && now < $0.until } ?? false
        guard secret == token.secret || isPrevious else { return .unknown }
        if token.ending != nil { return .refused(.revoked) }
        let standing = standing(of: token)
        if standing == .gone { return .refused(.obsolete) }
        if let expiresAt = token.expiresAt, expiresAt <= now { return .refused(.expired) }
        if standing != .present { return .refused(.suspended) }
        if let audience = demand.audience, audience != TokenTerms.defaultAudience {
            return .refused(.wrongAudience)
        }
        if !demand.flags.allSatisfy(token.flags.contains) { return .refused(.missingFlag) }
        return demand.write && !token.write ? .refused(.readOnly) : .active
    }

    /// Who is in no row counts as present, as services do.
    func standing(of token: Token) -> Standing { token.person.flatMap { known[$0]?.standing } ?? .present }

    // MARK: Verbs

    /// Why `create` is refused; nil when it is not.
    mutating func create(_ person: String?, expiresAt: Timestamp?, write: Bool) -> ErrorKind? {
        if let person {
            if let refusal = refusal(of: person) { return refusal }
            let place = directory[person] ?? .deleted
            if known[person] == nil || known[person]?.standing == .gone {
                // Of two words the later counts; the clock may have been set back since.
                if let before = known[person], now <= before.since { return .notFound }
                let isBack = known[person] != nil
                known[person] = Known(standing: place == .here ? .present : .disabled, since: now)
                if isBack { standingLines[person, default: []].append(Known(standing: .present, since: now)) }
            }
        }
        var token = Token(person: person, createdAt: now, updatedAt: now)
        (token.expiresAt, token.write) = (expiresAt, write)
        tokens.append(token)
        return nil
    }

    private func refusal(of person: String) -> ErrorKind? {
        var standing = known[person]?.standing
        if standing == nil || standing == .gone {
            switch directory[person] ?? .deleted {
            case .here: standing = .present
            case .disabled: standing = .disabled
            default: return .notFound
            }
        }
        switch standing {
        case .disabled: return .conflict(.ownerDisabled)
        case .missing: return .conflict(.ownerMissing)
        default: return nil
        }
    }

    /// False when the token has ended.
    mutating func rotate(_ number: Int, to secret: Int, grace: TimeSpan) -> Bool {
        guard tokens[number].isLive else { return false }
        tokens[number].previous = grace > .zero ? (tokens[number].secret, now + grace) : nil
        tokens[number].secret = secret
        change(number)
        return true
    }

    mutating func update(_ number: Int, expiresAt: Timestamp?, flags: [String]) -> Bool {
        guard tokens[number].isLive else { return false }
        // What changes nothing is not on record.
        guard tokens[number].expiresAt != expiresAt || tokens[number].flags != flags else { return true }
        tokens[number].expiresAt = expiresAt
        tokens[number].flags = flags
        change(number)
        return true
    }

    private mutating func change(_ number: Int) {
        tokens[number].updatedAt = now
        tokens[number].lines.append(.changed)
    }

    mutating func revoke(_ number: Int) {
        if tokens[number].isLive { end(number, .revoked) }
    }

    mutating func restore(_ number: Int) {
        guard tokens[number].ending != nil else { return }
        tokens[number].ending = nil
        change(number)
    }

    private mutating func end(_ number: Int, _ kind: Ending.Kind) {
        tokens[number].ending = (kind, now)
        tokens[number].previous = nil
        tokens[number].updatedAt = now
        tokens[number].lines.append(.ended(kind, now))
    }

    // MARK: Purging

    /// Which tokens are obsolete, with their owners gone and themselves unchanged since before `time`.
    func obsolete(before time: Timestamp = .distantFuture) -> [Int] {
        tokens.indices.filter { number in
            let token = tokens[number]
            guard token.isLive, let owner = token.person.flatMap({ known[$0] }) else { return false }
            return owner.standing == .gone && owner.since < time && token.updatedAt < time
        }
    }

    /// All of them, or none while the guard holds a plan.
    mutating func purge(before time: Timestamp = .distantFuture) {
        guard held == nil else { return }
        for number in obsolete(before: time) { end(number, .purged) }
    }

    /// Somebody tried it.
    mutating func purgeTried(_ number: Int) {
        if obsolete().contains(number) { end(number, .purged) }
    }

    mutating func keepHouse() {
        let limit = now - Self.expiredAfter
        let ended = tokens.indices.filter { number in
            !tokens[number].isForgotten && tokens[number].ending.map { $0.at < now - Self.tombstone } ?? false
        }
        for number in tokens.indices where tokens[number].isLive {
            guard let expiresAt = tokens[number].expiresAt, expiresAt < limit,
                tokens[number].updatedAt < limit
            else { continue }
            end(number, .purged)
        }
        for number in ended { tokens[number].isForgotten = true }
    }
}
