import AgentProtocol
import Testing

@testable import AgentServer

struct DeadlinesTests {
    @Test func `what is done in time is the answer, whether good or bad`() async throws {
        let deadlines = Deadlines(span: .seconds(60))
        let answer = try await deadlines.answer { () throws(RPCError) in 7 }
        #expect(answer as? Int == 7)
        await #expect(throws: RPCError.notFound("x")) {
            _ = try await deadlines.answer { () throws(RPCError) in throw .notFound("x") }
        }
    }

    @Test func `what is not done in time is answered all the same, and cancelled`() async throws {
        let deadlines = Deadlines(span: .milliseconds(50))
        let (cancelled, continuation) = AsyncStream.makeStream(of: Bool.self)
        do {
            _ = try await deadlines.answer { () async throws(RPCError) in
                await withTaskCancellationHandler {
                    // Longer than any test; what is cancelled does not wait.
                    do { try await Task.sleep(for: .seconds(600)) } catch { continuation.yield(true) }
                } onCancel: {
                }
                return 7
            }
            Issue.record("it was answered")
        } catch {
            #expect(error.known == .limitExceeded)
        }
        for await isCancelled in cancelled {
            #expect(isCancelled)
            break
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what is late before it begins is cancelled too`() async {
        let (cancelled, continuation) = AsyncStream.makeStream(of: Bool.self)
        let answer = await withCheckedContinuation { answer in
            let race = Race(answer, due: .now)
            race.giveUp(after: .zero)
            race.run(
                { () async throws(RPCError) in
                    do { try await Task.sleep(for: .seconds(600)) } catch { continuation.yield(true) }
                    return 7
                }, on: nil)
        }
        #expect(throws: RPCError.self) { try answer.get() }
        for await isCancelled in cancelled {
            #expect(isCancelled)
            break
        }
    }

    @Test func `those that are done are not kept`() async throws {
        let deadlines = Deadlines(span: .seconds(3600))
        for _ in 1...1000 { _ = try await deadlines.answer { () throws(RPCError) in 7 } }
        #expect(deadlines.count <= 2)
    }

    @Test func `many that are late are all answered, and none is kept`() async throws {
        let deadlines = Deadlines(span: .milliseconds(50))
        let late = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        _ = try await deadlines.answer { () async throws(RPCError) in
                            do { try await Task.sleep(for: .seconds(600)) } catch {}
                            return 7
                        }
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(late == 200)
        #expect(deadlines.count == 0)
    }
}
