import AgentCore
import Dispatch
import TokenCore

extension AgentFixture {
    /// A minute later, one reading of each directory.
    @discardableResult
    func syncAll(_ request: SyncRequest = SyncRequest()) async throws -> [SyncReport] {
        clock.advance(.minutes(1))
        return try await agent.sync(request, admin())
    }

    /// A minute later, one reading of `corp`.
    @discardableResult
    func sync(dryRun: Bool = false, approve: String? = nil) async throws -> SyncReport {
        try await syncAll(SyncRequest(source: corp.name, dryRun: dryRun, approve: approve))[0]
    }

    /// `count` people, `person-0` and so on, each with a token, and all of them read once.
    func populate(_ count: Int) async throws -> [IssuedToken] {
        let logins = (0..<count).map { "person-\($0)" }
        for login in logins { corp.add(login) }
        try await sync()
        var tokens: [IssuedToken] = []
        for login in logins { tokens.append(try await create(login)) }
        return tokens
    }

    /// Asks again and again. What is waited for may need the disk, and the disk may be busy.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(1))
        }
        return false
    }

    /// Once through another thread, so that what waits for one gets its turn.
    func letOthersRun() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume() }
        }
    }
}
