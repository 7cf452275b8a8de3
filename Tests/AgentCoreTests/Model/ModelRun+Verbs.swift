import SeededRuns
import Synchronization
import TokenCore

@testable import AgentCore

extension ModelRun {
    private var everyone: TokenRight { get throws { try AgentOnDisk.root.writer() } }
    private var admin: AdminRight { get throws { try AgentOnDisk.root.admin() } }

    private mutating func anyToken() -> Int? { issued.isEmpty ? nil : chance.number(0..<issued.count) }

    mutating func create() async throws {
        let person = chance.oneIn(5) ? nil : Self.movers[chance.number(0..<Self.movers.count)]
        let owner = person.map(house.corp.owner) ?? OwnerID(source: OwnerID.serviceSource, id: "robot")
        var request = CreateRequest(owner: .id(owner), name: "n\(story.count)", write: chance.oneIn(2))
        if chance.oneIn(3) { request.expiry = .after(chance.oneIn(2) ? .minutes(30) : .days(2)) }
        tell("create for \(person ?? "a service") as token \(issued.count), \(request.expiry)")
        var expiresAt: Timestamp?
        if case .after(let span) = request.expiry { expiresAt = model.now + span }
        let expected = model.create(person, expiresAt: expiresAt, write: request.write)
        let error = try await failureKind {
            let token = try await house.agent.create(request, everyone)
            issued.append((token.id, [try token.presented()]))
        }
        try expect(error, expected, "create")
    }

    /// Through the whole of verify, with a demand.
    mutating func verify() async throws {
        guard let number = anyToken() else { return }
        let secret = chance.number(0..<issued[number].secrets.count)
        var demand = Demand()
        demand.write = chance.oneIn(4)
        if chance.oneIn(4) { demand.flags = ["x"] }
        if chance.oneIn(8) { demand.audience = "elsewhere" }
        tell("verify token \(number), secret \(secret)")
        let expected = model.answer(number, secret: secret, for: demand)
        let agent = try house.agent
        let found: Answer =
            switch agent.verify(issued[number].secrets[secret], for: demand, try AgentOnDisk.root.verifier())
            {
            case .active: .active
            case .unknown: .unknown
            case .refused(let refusal): .refused(refusal)
            }
        try expect(found, expected, "verify")
        guard found == .refused(.obsolete) else { return }
        model.purgeTried(number)
        while !agent.triedPurges.withLock(\.isSettled) { await Task.yield() }
    }

    mutating func rotate() async throws {
        guard let number = anyToken() else { return }
        let graces: [TimeSpan] = [.zero, .minutes(5), .hours(3)]
        let grace = graces[chance.number(0..<graces.count)]
        tell("rotate token \(number) with a grace of \(grace.seconds) s")
        let isForgotten = model.tokens[number].isForgotten
        let isDone = model.rotate(number, to: issued[number].secrets.count, grace: grace)
        let error = try await failureKind {
            let token = try await house.agent.rotate(
                RotateRequest(id: issued[number].id, grace: grace), everyone)
            issued[number].secrets.append(try token.presented())
        }
        try expect(error, isDone ? nil : isForgotten ? .notFound : .conflict(.tokenEnded), "rotate")
    }

    mutating func update() async throws {
        guard let number = anyToken() else { return }
        var request = UpdateRequest(id: issued[number].id)
        let expiresAt = chance.oneIn(2) ? model.now + .hours(1) : nil
        request.expiry = expiresAt.map { .set($0) } ?? .clear
        request.flags = chance.oneIn(2) ? ["x"] : []
        tell("update token \(number), \(request.expiry), \(request.flags ?? [])")
        let isForgotten = model.tokens[number].isForgotten
        let isDone = model.update(number, expiresAt: expiresAt, flags: request.flags ?? [])
        let error = try await failureKind { try await house.agent.update(request, everyone) }
        try expect(error, isDone ? nil : isForgotten ? .notFound : .conflict(.tokenEnded), "update")
    }

    mutating func revoke() async throws {
        guard let number = anyToken() else { return }
        tell("revoke token \(number)")
        let error = try await failureKind {
            try await house.agent.revoke(issued[number].id, reason: nil, everyone)
        }
        try expect(error, model.tokens[number].isForgotten ? .notFound : nil, "revoke")
        model.revoke(number)
    }

    mutating func restore() async throws {
        guard let number = anyToken() else { return }
        tell("restore token \(number)")
        let error = try await failureKind { try await house.agent.restore(issued[number].id, admin) }
        let isForgotten = model.tokens[number].isForgotten
        try expect(error, isForgotten ? .notFound : nil, "restore")
        if !isForgotten { model.restore(number) }
    }

    mutating func purge() async throws {
        tell("purge")
        let expected = model.held == nil ? model.obsolete().map { issued[$0].id } : []
        let report = try await house.agent.purge(PurgeRequest(), admin)
        try expect(Set(report.purged.map(\.token)), Set(expected), "purge")
        try expect(report.held != nil, model.held != nil, "whether a plan is held")
        model.purge()
    }

    mutating func keepHouse() async throws {
        tell("housekeeping")
        try await house.agent.keepHouse()
        model.keepHouse()
    }
}

extension AgentOnDisk {
    func read(_ request: SyncRequest) async throws -> SyncReport {
        let reports = try await agent.sync(request, Self.root.admin())
        guard let report = reports.first, reports.count == 1 else { throw Closed() }
        return report
    }
}
