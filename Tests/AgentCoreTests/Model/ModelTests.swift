import SeededRuns
import Testing

/// An agent and a model of it are driven through the same random actions, and must answer the same.
struct ModelTests {
    @Test func anAgentAnswersAsTheModelDoes() async throws {
        let seed = Torture.seed("MODEL_SEED")
        let sequences = Torture.number("MODEL_SEQUENCES", 300)
        for number in 0..<UInt64(sequences) {
            // The first sequence of a seed is that seed's own, so that one that failed replays alone.
            let own = seed &+ number
            do {
                var run = try ModelRun(seed: own)
                try await run.run()
            } catch {
                Issue.record("MODEL_SEED=\(own) MODEL_SEQUENCES=1: \(error)")
                return
            }
        }
        Torture.tell(
            "model: seed \(seed), \(sequences) sequences of \(ModelRun.actions) actions, 0 mismatches")
    }
}
