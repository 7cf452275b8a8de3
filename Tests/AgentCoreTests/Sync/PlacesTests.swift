import Testing

@testable import AgentCore

struct PlacesTests {
    @Test func soManyGetInAtOnceSoManyWaitAndMoreAreRefused() async {
        let places = Places(max: 2, waitingMax: 1)
        #expect(await places.take())
        #expect(await places.take())
        async let third = places.take()
        while await places.waitingCount == 0 { await Task.yield() }
        #expect(await places.take() == false)
        await places.give()
        #expect(await third)
        await places.give()
        await places.give()
        #expect(await places.take())
    }
}
