internal import Foundation
internal import Synchronization

/// What an administrator has set through this API. The agent has no place for it, so it is a small file of
/// the bridge's own, replaced whole.
struct IQState: Codable, Hashable, Sendable {
    /// For how many days new user tokens are good. nil: the agent's default.
    var defaultExpirationDays: Int?

    enum CodingKeys: String, CodingKey { case defaultExpirationDays = "userTokenDefaultExpirationDays" }
}

struct IQStateFile: Sendable {
    /// nil: nothing is kept, and nothing can be set.
    let path: String?
    private let turn = Turn()

    /// Changes are made one after another.
    private final class Turn: Sendable {
        let held = Mutex(())
    }

    init(path: String?) { self.path = path }

    /// No file is no settings; one that cannot be read is an error.
    func read() async throws(IQRefusal) -> IQState {
        guard let path else { return IQState() }
        return try await aside { try Self.load(path) }
    }

    func change(_ change: @escaping @Sendable (inout IQState) -> Void) async throws(IQRefusal) -> IQState {
        guard let path else {
            throw .unavailable("The bridge has no place to keep settings")
        }
        return try await aside {
            var state = try Self.load(path)
            change(&state)
            try JSONEncoder().encode(state).write(to: URL(fileURLWithPath: path), options: .atomic)
            return state
        }
    }

    /// Somebody may have edited it.
    private static func load(_ path: String) throws -> IQState {
        do {
            let state = try JSONDecoder().decode(
                IQState.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
            guard state.defaultExpirationDays.map((1...IQServer.daysMax).contains) ?? true else {
                throw CocoaError(.fileReadCorruptFile)
            }
            return state
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return IQState()
        }
    }

    /// On a thread that may wait for a disk.
    private func aside(_ work: @escaping @Sendable () throws -> IQState) async throws(IQRefusal) -> IQState {
        let turn = turn
        do {
            return try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    let result = turn.held.withLock { _ in Result(catching: work) }
                    continuation.resume(with: result)
                }
            }
        } catch {
            throw .unavailable("The bridge's settings cannot be read or kept now")
        }
    }
}
