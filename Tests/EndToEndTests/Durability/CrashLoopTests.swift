import AgentProtocol
import Glibc
import SeededRuns
import Testing

extension EndToEnd {
    /// `kill -9` at any moment of many writes: what was acknowledged is kept outside the daemon, and
    /// compared.
    @Suite struct CrashLoopTests {
        /// After so many crashes all begins with an empty database: the more there is, the longer each look.
        static let cyclesPerDatabase = 50

        @Test func `nothing acknowledged is lost in a hundred crashes, and nothing revoked comes back`()
            throws
        {
            let seed = Torture.seed()
            let cycles = Torture.number("TORTURE_CRASH_CYCLES", 100)
            var chance = SeededGenerator(seed: seed)
            var (done, acknowledged, wrong) = (0, 0, [String]())
            var busy = Duration.zero
            while done < cycles, wrong.isEmpty {
                let loop = try CrashLoop()
                for _ in 0..<min(Self.cyclesPerDatabase, cycles - done) where wrong.isEmpty {
                    wrong += try loop.cycle(&chance).map { "cycle \(done): \($0)" }
                    done += 1
                }
                acknowledged += loop.acknowledged
                busy += loop.busy
                try loop.daemon.terminate()
            }
            let rate = Double(acknowledged) / (busy / .seconds(1))
            Torture.tell(
                "crash loop: seed \(seed), \(done) cycles, \(acknowledged) operations acknowledged, "
                    + "\(Int(rate)) a second, \(wrong.count) violations")
            #expect(wrong == [], "TORTURE_SEED=\(seed)")
            #expect(acknowledged > cycles * 5)
            if Torture.isLong { #expect(rate >= 200) }
        }
    }
}
