import Testing

@testable import AgentCore

struct TurnTests {
    private func wait(for count: Int, at turn: Turn) async {
        while await turn.waitingCount < count { await Task.yield() }
    }

    @Test func whoIsGivenUpOnLeavesTheQueueAndTheOthersKeepTheirOrder() async {
        let turn = Turn()
        #expect(await turn.take())
        let first = Task { await turn.take() }
        await wait(for: 1, at: turn)
        let second = Task { await turn.take() }
        await wait(for: 2, at: turn)
        first.cancel()
        #expect(await first.value == false, "it does not wait for who has it")
        await turn.give()
        #expect(await second.value)
        await turn.give()
        #expect(await turn.take(), "nobody holds it")
    }

    @Test func whoWasGivenUpOnBeforeTheyCameTakesNothing() async {
        let turn = Turn()
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return await turn.take()
        }
        late.cancel()
        #expect(await late.value == false)
        #expect(await turn.take())
    }
}
