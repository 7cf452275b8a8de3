import Synchronization
import TokenCore

/// Lets so many password checks in at once, and the others wait without a thread until their deadline.
///
/// A directory that hangs then costs `placesMax` threads, however many people try to log in.
final class PasswordGate: Sendable {
    private typealias Answer = Result<Void, DirectoryError>

    private struct State {
        var free: Int
        var nextTicket = 0
        /// Those who wait, in the order they came in: tickets only grow.
        var waiters: [(ticket: Int, continuation: CheckedContinuation<Answer, Never>)] = []
        /// Those who are on their way in, and what has stopped them already.
        var arriving: [Int: DirectoryError?] = [:]
    }

    private let state: Mutex<State>
    private let waitersMax: Int

    init(placesMax: Int, waitersMax: Int) {
        state = Mutex(State(free: placesMax))
        self.waitersMax = waitersMax
    }

    var waiting: Int { state.withLock(\.waiters.count) }

    var free: Int { state.withLock(\.free) }

    /// Whoever got in calls `leave`.
    func enter(_ directory: String, until deadline: Deadline) async throws(DirectoryError) {
        let waitsWith = state.withLock { state -> Int? in
            // A place that is free is taken at once: no deadline can run out before it.
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.nextTicket += 1
            state.arriving[state.nextTicket] = .some(nil)
            return state.nextTicket
        }
        guard let ticket = waitsWith else { return }
        let late = DirectoryError.timedOut(server: directory, phase: "waiting for other password checks")
        let answer = await withTaskCancellationHandler {
            let timer = Task.detached {
                do { try await Task.sleep(until: deadline.instant, clock: .continuous) } catch { return }
                self.withdraw(ticket, late)
            }
            defer { timer.cancel() }
            return await withCheckedContinuation { wait(ticket, $0, orElse: late) }
        } onCancel: {
            withdraw(ticket, .cancelled)
        }
        try answer.get()
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            // The place goes on from hand to hand.
            return state.waiters.removeFirst().continuation
        }
        next?.resume(returning: .success(()))
    }

    private func wait(
        _ ticket: Int, _ continuation: CheckedContinuation<Answer, Never>, orElse late: DirectoryError
    ) {
        let answer = state.withLock { state -> Answer? in
            if let stopped = state.arriving.removeValue(forKey: ticket), let stopped {
                return .failure(stopped)
            }
            if state.free > 0 {
                state.free -= 1
                return .success(())
            }
            guard state.waiters.count < waitersMax else { return .failure(late) }
            state.waiters.append((ticket, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func withdraw(_ ticket: Int, _ reason: DirectoryError) {
        let waiter = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
                if state.arriving[ticket] != nil { state.arriving[ticket] = reason }
                return nil
            }
            return state.waiters.remove(at: index).continuation
        }
        waiter?.resume(returning: .failure(reason))
    }
}
