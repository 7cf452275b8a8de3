import TokenCore

/// So many at once; the others wait in their order, and not too many of them.
actor Places {
    private var free: Int
    private let waitingMax: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(max: Int, waitingMax: Int) {
        free = max
        self.waitingMax = waitingMax
    }

    var waitingCount: Int { waiting.count }

    /// False when too many wait already. Who got a place gives it back.
    func take() async -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        guard waiting.count < waitingMax else { return false }
        // The place goes on from hand to hand.
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    func give() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        free += 1
    }
}
