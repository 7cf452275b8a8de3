import Testing

@testable import tokenagent

@Suite struct ListenBackOffTests {
    @Test func `each attempt waits twice as long, up to half a minute, and anew once it has listened`() {
        var backOff = ListenBackOff()
        let waits = (1...7).map { _ in backOff.failed() }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30].map { Duration.seconds($0) })
        backOff.succeeded()
        #expect(backOff.failed() == .seconds(1))
    }
}
