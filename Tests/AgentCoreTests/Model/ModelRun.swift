import SeededRuns
import TokenCore
import TokenStorage

@testable import AgentCore

/// One sequence of random actions, done by an agent and by the model.
struct ModelRun {
    static let actions = 50
    /// Those who stay, so that the directory is never empty.
    static let crowd = (0..<8).map { "crowd-\($0)" }
    static let movers = (0..<6).map { "mover-\($0)" }

    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    let house: AgentOnDisk
    var model: Model
    var chance: SeededGenerator
    /// The tokens as the agent gave them, in the model's order, each with its secrets.
    var issued: [(id: UserCode, secrets: [PresentedToken])] = []
    /// What was done, for whoever looks for the reason.
    private(set) var story: [String] = []
    private var cookie: UInt8 = 1
    /// As the model was when the last backup was made.
    var backup: Model?

    init(seed: UInt64) throws {
        chance = SeededGenerator(seed: seed)
        var settings = AgentFixture.settings
        settings.purge.grace = Model.grace
        settings.purge.tombstone = Model.tombstone
        settings.purge.expiredAfter = Model.expiredAfter
        house = try AgentOnDisk(
            seed: chance.next(), logins: Self.crowd + Self.movers, limits: Model.limits, settings: settings)
        house.corp.tellChanges()
        model = Model(now: house.clock.now)
        for login in Self.crowd + Self.movers { model.directory[login] = .here }
    }

    mutating func run() async throws {
        try await house.open()
        do {
            for _ in 0..<Self.actions {
                try await act()
                try compare()
            }
        } catch {
            await house.close()
            throw Mismatch(description: "\(error)\n" + story.joined(separator: "\n"))
        }
        await house.close()
    }

    mutating func tell(_ line: String) { story.append(line) }

    private mutating func act() async throws {
        switch chance.number(0..<100) {
        case 0..<16: try await create()
        case 16..<28: try await verify()
        case 28..<36: try await rotate()
        case 36..<42: try await revoke()
        case 42..<48: try await restore()
        case 48..<52: try await update()
        case 52..<64: move()
        case 64..<73: try await readFully()
        case 73..<79: try await readChanges()
        case 79..<81: try await approve()
        case 81..<84: try await purge()
        case 84..<87: try await keepHouse()
        case 87..<90: try await restart()
        case 90..<92: try makeBackup()
        case 92..<94: try await bringBack()
        default: try await step()
        }
    }

    // MARK: What both must agree on

    /// Every secret of every token, looked at as verify does, without what a verify has as consequences.
    func compare() throws {
        let index = try house.agent.index
        for (number, token) in issued.enumerated() {
            for (secret, presented) in token.secrets.enumerated() {
                let expected = model.answer(number, secret: secret, for: Demand())
                let found = index.answer(presented, at: model.now)
                guard found != expected else { continue }
                throw Mismatch(description: "token \(number), secret \(secret): \(found), not \(expected)")
            }
        }
    }

    func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
        guard found != expected else { return }
        throw Mismatch(description: "\(what): \(found), not \(expected)")
    }

    // MARK: The directory, the clock and the disk

    private mutating func move() {
        let person = Self.movers[chance.number(0..<Self.movers.count)]
        let places: [Model.Place] = [.here, .here, .disabled, .moved, .filtered, .deleted, .deleted]
        let place = places[chance.number(0..<places.count)]
        tell("\(person) is \(place)")
        model.directory[person] = place
        house.corp.place(person, place)
    }

    /// Time passes, or the clock is put back: that does not bring back what is over. The time is put on
    /// record at once, so that no restart is in doubt of it.
    private mutating func step() async throws {
        let spans: [TimeSpan] = [
            .milliseconds(1), .minutes(1), .minutes(10), .hours(2), .hours(25), .days(31),
            .milliseconds(-1), .minutes(-10), .hours(-2), .days(-2),
        ]
        let span = spans[chance.number(0..<spans.count)]
        if span > .zero {
            tell("\(span.milliseconds) ms pass")
            house.clock.advance(span)
            model.now = model.now + span
        } else {
            tell("the clock is put back by \(-span.milliseconds) ms")
            house.clock.leap(span)
        }
        try await house.agent.settleClock(always: true)
    }

    private mutating func restart() async throws {
        let end: FaultyDisk.End? = [.kill, .powerLoss, nil][chance.number(0..<3)]
        tell("restart after \(end.map { "\($0)" } ?? "a clean stop")")
        if let end { return try await house.restart(after: end) }
        await house.close()
        try await house.open()
    }

    // MARK: Readings

    private mutating func readFully() async throws {
        guard !chance.oneIn(6) else {
            tell("a reading of a directory that is not there")
            house.corp.change { $0.failures[.connect] = .timedOut(server: "fake", phase: "connect") }
            let error = try await failureKind { try await house.read(SyncRequest()) }
            house.corp.change { $0.failures[.connect] = nil }
            return try expect(error, .directoryUnavailable, "the reading")
        }
        tell("a full reading")
        try await compare(SyncRequest(), with: model.readFully())
    }

    private mutating func readChanges() async throws {
        let told = Self.movers.filter { _ in chance.oneIn(2) }
        var hints: Set<String> = []
        for person in told {
            let isThere = model.directory[person] == .here || model.directory[person] == .disabled
            if !isThere || chance.oneIn(3) { hints.insert(person) }
        }
        cookie &+= 1
        tell("changes of \(told), doubtful \(hints.sorted())")
        house.corp.tell(upserts: told.filter { !hints.contains($0) }, hints: Array(hints), cookie: cookie)
        var request = SyncRequest()
        request.mode = .changes
        let expected = model.readChanges(told, hints: hints)
        try await compare(request, with: expected ?? model.readFully())
    }

    private func compare(_ request: SyncRequest, with expected: Model.Reading) async throws {
        guard expected != .incomplete else {
            let error = try await failureKind { try await house.read(request) }
            return try expect(error, .directoryUnavailable, "the reading")
        }
        let report = try await house.read(request)
        try expect(report.complete, true, "completeness")
        try expect(report.held == nil ? .applied : .held, expected, "the reading")
    }

    private mutating func approve() async throws {
        guard model.held != nil else { return }
        let plan = try await house.store.read { try $0.heldPlans() }.first?.hold.plan.id
        tell("approval of \(plan ?? "nothing")")
        let error = try await failureKind { try await house.read(SyncRequest(approve: plan)) }
        var outdated = false
        if case .held = error { outdated = true } else { try expect(error, nil, "the approval") }
        try expect(outdated ? .outdated : .applied, model.readFully(approved: true), "the approval")
    }
}

extension TokenIndex {
    func answer(_ presented: PresentedToken, at now: Timestamp) -> Answer {
        guard let (facts, standing) = seen(presented.userCode) else { return .unknown }
        switch facts.verdict(on: presented.digest, standing: standing, at: now, unmet: { nil }) {
        case .active: return .active
        case .wrongSecret: return .unknown
        case .refused(let refusal): return .refused(refusal)
        }
    }
}

extension FakeDirectory {
    /// Puts the person of this login there.
    fileprivate func place(_ login: String, _ place: Model.Place) {
        let id = owner(login).id
        remove(login)
        change { $0.outside[id] = nil }
        switch place {
        case .here: add(login)
        case .disabled: add(login, disabled: "locked")
        case .moved: change { $0.outside[id] = .moved(dn: "elsewhere") }
        case .filtered: change { $0.outside[id] = .notEligible(dn: "here") }
        case .deleted: break
        }
    }
}
