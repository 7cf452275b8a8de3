import AgentProtocol
import Testing

@testable import AgentServer

struct OpenReadingsTests {
    private static func untilCancelled() async {
        // Longer than any test; what is cancelled does not wait.
        do { try await Task.sleep(for: .seconds(600)) } catch { return }
    }

    private func calledOff(
        changesSomething: Bool, _ end: @escaping @Sendable () throws(RPCError) -> Int
    ) async -> Result<Int?, RPCError> {
        let readings = OpenReadings()
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let answer = Task { () -> Result<Int?, RPCError> in
            do throws(RPCError) {
                let result = try await readings.answer(changesSomething: changesSomething) {
                    () async throws(RPCError) in
                    continuation.yield()
                    await Self.untilCancelled()
                    return try end()
                }
                return .success(result as? Int)
            } catch {
                return .failure(error)
            }
        }
        for await _ in begun { break }
        readings.callOff()
        return await answer.value
    }

    @Test func `what is done is the answer, whether good or bad`() async throws {
        let readings = OpenReadings()
        let answer = try await readings.answer(changesSomething: true) { () throws(RPCError) in 7 }
        #expect(answer as? Int == 7)
        await #expect(throws: RPCError.directoryUnavailable("x")) {
            _ = try await readings.answer(changesSomething: true) { () throws(RPCError) in
                throw .directoryUnavailable("x")
            }
        }
    }

    @Test func `what is called off is told so`() async {
        #expect(
            await calledOff(changesSomething: true) { () throws(RPCError) in
                throw .directoryUnavailable("cancelled")
            } == .failure(.shuttingDown()))
        #expect(
            await calledOff(changesSomething: false) { () throws(RPCError) in 7 }
                == .failure(.shuttingDown()),
            "what was looked at is only a part")
        for error in [RPCError.storageUnavailable("interrupted"), .internalError("cancelled")] {
            let told = await calledOff(changesSomething: false) { () throws(RPCError) in throw error }
            #expect(told == .failure(.shuttingDown()))
        }
    }

    @Test func `what was done or refused all the same is told as it is`() async {
        #expect(await calledOff(changesSomething: true) { () throws(RPCError) in 7 } == .success(7))
        #expect(
            await calledOff(changesSomething: true) { () throws(RPCError) in throw .held(plan: "p") }
                == .failure(.held(plan: "p")))
        let failure = RPCError.storageUnavailable("full")
        #expect(
            await calledOff(changesSomething: true) { () throws(RPCError) in throw failure }
                == .failure(failure))
        #expect(
            await calledOff(changesSomething: false) { () throws(RPCError) in throw .notPermitted("x") }
                == .failure(.notPermitted("x")))
    }

    @Test func `nothing begins after that`() async {
        let readings = OpenReadings()
        readings.callOff()
        await #expect(throws: RPCError.shuttingDown()) {
            _ = try await readings.answer(changesSomething: true) { () throws(RPCError) in
                Issue.record("it has begun")
                return 7
            }
        }
    }
}
