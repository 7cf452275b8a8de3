import AgentClient
import AgentProtocol
import Foundation

/// Verifies random tokens by `SharedClient`, from tasks that share it, as `load verify` does on the raw socket.
///
///     BenchmarkClient SOCKET TOKENS-FILE IN-FLIGHT SECONDS
///
/// Each task asks one after the other. Prints one line of JSON: rate a second, p50 and p99 in microseconds,
/// and this process's CPU in microseconds a request. An answer that is not the token's own ends it.
@main struct Client {
    struct WrongAnswer: Error {}

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let width = Int(arguments[3]), let seconds = Double(arguments[4]) else {
            FileHandle.standardError.write(
                Data("BenchmarkClient SOCKET TOKENS-FILE IN-FLIGHT SECONDS\n".utf8))
            exit(64)
        }
        let tokens = try String(contentsOfFile: arguments[2], encoding: .utf8).split(separator: "\n").map {
            String($0)
        }
        let client = SharedClient(socketPath: arguments[1])
        // Everything that is made once is made before.
        _ = try await ask(client, tokens, until: .now + .milliseconds(200))
        let start = ContinuousClock.now
        let before = clock()
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<width {
                group.addTask { try await ask(client, tokens, until: start + .seconds(seconds)) }
            }
            var times: [Duration] = []
            for try await own in group { times += own }
            return times
        }
        let cpu = Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1e6 / Double(times.count)
        let rate = Double(times.count) / ((ContinuousClock.now - start) / .seconds(1))
        let sorted = times.sorted()
        let (p50, p99) = (sorted[sorted.count / 2], sorted[sorted.count * 99 / 100])
        print(
            String(
                format: #"{"rate":%.0f,"p50_us":%.1f,"p99_us":%.1f,"cpu_us":%.2f}"#, rate,
                p50 / .microseconds(1), p99 / .microseconds(1), cpu))
        await client.close()
    }

    private static func ask(
        _ client: SharedClient, _ tokens: [String], until end: ContinuousClock.Instant
    ) async throws -> [Duration] {
        var random = SystemRandomNumberGenerator()
        var times: [Duration] = []
        var now = ContinuousClock.now
        while now < end {
            let token = tokens[Int.random(in: 0..<tokens.count, using: &random)]
            let answer = try await client.verify(token: token)
            guard case .active(let active) = answer, token.dropFirst(4).hasPrefix(active.id) else {
                throw WrongAnswer()
            }
            let then = ContinuousClock.now
            times.append(then - now)
            now = then
        }
        return times
    }
}
