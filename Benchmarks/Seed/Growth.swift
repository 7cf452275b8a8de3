import AgentCore
import Foundation
import TokenCore
import TokenStorage

/// How long the longest change takes while the index grows from nothing: a table that is moved whole would
/// hold up everybody. In the thread's own time, so that a busy machine does not show.
///
///     BenchmarkSeed growth TOKENS OWNERS
struct Growth {
    let seeder: Seeder

    func run(_ tokens: Int) -> String {
        let index = TokenIndex()
        let owners = (0..<seeder.owners).map(seeder.person)
        var longest: UInt64 = 0
        for number in 0..<tokens {
            let record = Self.token(number, of: owners[number % owners.count])
            let change = StoreChange.token(record, owner: owners[number % owners.count])
            let begun = Self.threadTime()
            index.apply([change])
            longest = max(longest, Self.threadTime() - begun)
        }
        return "{\"longest_ms\":\(Double(longest) / 1e6)}"
    }

    /// With a digest of its own, and nobody's secret.
    private static func token(_ number: Int, of owner: PersonRecord) -> TokenRecord {
        var generator = SystemRandomNumberGenerator()
        let secret = SecretDigest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 3 * 8)) })!
        return TokenRecord(
            id: UserCode.random(using: &generator), owner: owner.id, secret: secret,
            terms: TokenTerms(name: "n\(number % 20)"), createdAt: Timestamp(seconds: 1))
    }

    private static func threadTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
