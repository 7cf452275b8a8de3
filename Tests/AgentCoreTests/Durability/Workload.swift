import AgentCore
import SeededRuns
import TokenCore

/// Mutations of an agent whose disk may fail at any moment, noted in `Promises`.
struct Workload {
    let house: AgentOnDisk
    let promises: Promises

    /// Something else than "cannot write now" came out.
    struct Untyped: Error { let error: any Error }

    /// Until the disk is cut, or `count` times. `number` makes its owner.
    func work(_ number: Int, seed: UInt64, count: Int) async throws {
        var chance = SeededGenerator(seed: seed)
        let owner = OwnerID(source: OwnerID.serviceSource, id: "worker-\(number)")
        for step in 0..<count {
            let known = promises.certain(of: owner)
            let target = known.isEmpty ? nil : known[chance.number(0..<known.count)]
            let action = chance.number(0..<10)
            let isDone = try await acknowledged {
                guard let target, action > 2 else {
                    return try await create(.id(owner), name: "t-\(seed)-\(step)")
                }
                switch (target.situation.ending, action) {
                case (nil, 3...5): try await revoke(target.id)
                case (nil, _): try await rotate(target.id)
                default: try await restore(target.id)
                }
            }
            guard isDone || !house.disk.isCut else { return }
        }
    }

    /// People come, get a token, leave, and their tokens are purged: until the disk is cut.
    func turnOver(_ prefix: String, count: Int) async throws {
        for step in 0..<count {
            let login = "\(prefix)-\(step)"
            let owner = house.corp.add(login)
            // As many in an hour as may leave unasked.
            house.clock.advance(.minutes(10))
            let isDone = try await acknowledged {
                try await create(.label(login), name: "")
                house.clock.advance(.minutes(1))
                house.corp.remove(login)
                try await read()
                promises.isGone(owner)
                if step % 2 == 1 { try await purge() }
            }
            guard isDone || !house.disk.isCut else { return }
        }
    }

    /// Whether `body` was acknowledged. The one error there may be is that the store cannot write or read.
    func acknowledged(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch AgentError.storageUnavailable {
            return false
        } catch {
            throw Untyped(error: error)
        }
    }

    // MARK: The mutations

    private var everyone: TokenRight { get throws { try AgentOnDisk.root.writer() } }
    private var admin: AdminRight { get throws { try AgentOnDisk.root.admin() } }

    func create(_ owner: OwnerQuery, name: String) async throws {
        promises.created(
            try await house.agent.create(CreateRequest(owner: owner, name: name), everyone))
    }

    func revoke(_ id: UserCode) async throws {
        promises.begin(id) { $0.ending = .revoked }
        _ = try await house.agent.revoke(id, reason: nil, everyone)
        promises.done(id)
    }

    func restore(_ id: UserCode) async throws {
        promises.begin(id) { $0.ending = nil }
        _ = try await house.agent.restore(id, admin)
        promises.done(id)
    }

    func rotate(_ id: UserCode) async throws {
        promises.begin(id) { $0.secret = nil }
        let issued = try await house.agent.rotate(RotateRequest(id: id), everyone)
        promises.done(id, secret: issued.passCode.digest)
    }

    func read() async throws {
        _ = try await house.agent.sync(SyncRequest(), admin)
    }

    /// Whom a reading that was not acknowledged found gone is gone as well, or not.
    func purge() async throws {
        let live = promises.tokens.filter { !$1.owner.isService && $1.allowed.contains { $0.ending == nil } }
        for id in live.keys { promises.begin(id) { $0.ending = .purged } }
        let report = try await house.agent.purge(PurgeRequest(), admin)
        for purged in report.purged { promises.done(purged.token) }
        for id in live.keys where !report.purged.contains(where: { $0.token == id }) {
            promises.undone(id)
        }
    }

    func keepHouse() async throws { try await house.agent.keepHouse() }
}
