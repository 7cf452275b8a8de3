/// A place in a queue: who has taken the turn gives it on to the next in order.
actor Turn {
    private var taken = false
    private var lastTicket = 0
    private var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []

    /// False for a task that was cancelled before it was its turn: that one has nothing to give on.
    func take() async -> Bool {
        guard !Task.isCancelled else { return false }
        guard taken else {
            taken = true
            return true
        }
        lastTicket += 1
        let ticket = lastTicket
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting.append((ticket, $0)) }
        } onCancel: {
            Task { await self.withdraw(ticket) }
        }
    }

    var waitingCount: Int { waiting.count }

    private func withdraw(_ ticket: Int) {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }

    func give() {
        guard waiting.isEmpty else { return waiting.removeFirst().continuation.resume(returning: true) }
        taken = false
    }
}
