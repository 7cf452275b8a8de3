import AgentProtocol
import NIOCore
import Testing

@testable import AgentServer

struct HeldAnswersTests {
    private let start = ContinuousClock.now

    private func answer(_ number: Int) -> ByteBuffer { ByteBuffer(string: "\(number)\n") }

    @Test func `answers leave when they are due, in the order in which they came`() {
        var held = HeldAnswers()
        held.hold(answer(1), until: start + .milliseconds(30))
        held.hold(answer(2), until: start + .milliseconds(10))
        var out = ByteBuffer()
        held.take(at: start + .milliseconds(29), into: &out)
        #expect(out.readableBytes == 0)
        #expect(held.nextDue == start + .milliseconds(30))
        held.take(at: start + .milliseconds(30), into: &out)
        #expect(String(buffer: out) == "1\n2\n")
        #expect(held.isEmpty)
    }

    @Test func `one more than may be held lets the oldest go at once`() {
        var held = HeldAnswers()
        var out = ByteBuffer()
        for number in 1...Limits.refusalsHeldMax {
            held.hold(answer(number), until: start + .seconds(1))
            held.take(at: start, into: &out)
        }
        #expect(out.readableBytes == 0)
        held.hold(answer(65), until: start + .seconds(1))
        held.take(at: start, into: &out)
        #expect(String(buffer: out) == "1\n")
        held.takeAll(into: &out)
        #expect(String(buffer: out).split(separator: "\n").compactMap { Int($0) } == Array(1...65))
    }
}
