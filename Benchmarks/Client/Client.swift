import AgentClient
import AgentProtocol
import Foundation

/// Verifies random tokens by `SharedClient`, as `load verify` does on the raw socket.
///
///     BenchmarkClient HOW SOCKET TOKENS-FILE IN-FLIGHT SECONDS
///
/// HOW is `pool`, tasks that share the client and ask one token after the other, where tasks run; `executor`,
/// the same tasks on the client's own executor; or `batch`, one task that asks about a thousand tokens at a
/// time, of which the client has 64 in flight.
///
/// Prints one line of JSON: tokens a second, p50 and p99 of a call in microseconds, and this process's CPU in
/// microseconds a token. An answer that is not the token's own ends it.
@main struct Client {
    struct WrongAnswer: Error {}

    private static let batchTokens = 1000

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let width = Int(arguments[4]), let seconds = Double(arguments[5]),
            ["pool", "executor", "batch"].contains(arguments[1])
        else {
            FileHandle.standardError.write(
                Data("BenchmarkClient pool|executor|batch SOCKET TOKENS-FILE IN-FLIGHT SECONDS\n".utf8))
            exit(64)
        }
        let tokens = try Tokens(file: arguments[3])
        let client = SharedClient(socketPath: arguments[2])
        let isBatch = arguments[1] == "batch"
        let executor = arguments[1] == "executor" ? client.executor : nil
        // Everything that is made once is made before.
        _ = try await ask(client, tokens, from: 0, until: now() + 200_000_000)
        let start = now()
        let end = start + UInt64(seconds * 1e9)
        let before = clock()
        let times = try await withThrowingTaskGroup(of: [UInt32].self) { group in
            for number in 0..<(isBatch ? 1 : width) {
                group.addTask(executorPreference: executor) {
                    let first = tokens.texts.count / width * number
                    if isBatch { return try await askMany(client, tokens, until: end) }
                    return try await ask(client, tokens, from: first, until: end)
                }
            }
            var times: [UInt32] = []
            for try await own in group { times += own }
            return times
        }
        let count = Double(times.count * (isBatch ? batchTokens : 1))
        let cpu = Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1e6 / count
        let rate = count * 1e9 / Double(now() - start)
        let sorted = times.sorted()
        let (p50, p99) = (sorted[sorted.count / 2], sorted[sorted.count * 99 / 100])
        print(
            String(
                format: #"{"rate":%.0f,"p50_us":%.1f,"p99_us":%.1f,"cpu_us":%.2f}"#, rate,
                Double(p50) / 1000, Double(p99) / 1000, cpu))
        await client.close()
    }

    /// How long each call took, in nanoseconds.
    private static func ask(
        _ client: SharedClient, _ tokens: Tokens, from first: Int, until end: UInt64
    ) async throws -> [UInt32] {
        var times: [UInt32] = []
        var next = first
        var begun = now()
        while begun < end {
            let answer = try await client.verify(token: tokens.texts[next])
            guard case .active(let active) = answer, active.id == tokens.ids[next] else {
                throw WrongAnswer()
            }
            next = (next + 1) % tokens.texts.count
            let answered = now()
            times.append(UInt32(clamping: answered - begun))
            begun = answered
        }
        return times
    }

    private static func askMany(
        _ client: SharedClient, _ tokens: Tokens, until end: UInt64
    ) async throws -> [UInt32] {
        var times: [UInt32] = []
        var next = 0
        var begun = now()
        while begun < end {
            let range = next..<(next + batchTokens)
            let answers = try await client.verify(tokens: Array(tokens.texts[range]))
            for (answer, id) in zip(answers, tokens.ids[range]) {
                guard case .active(let active) = answer, active.id == id else { throw WrongAnswer() }
            }
            next = (next + batchTokens) % (tokens.texts.count - batchTokens)
            let answered = now()
            times.append(UInt32(clamping: answered - begun))
            begun = answered
        }
        return times
    }

    private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}

/// Shuffled before they are copied: as `load` does, each is read from where the one before ended.
private struct Tokens {
    let texts: [String]
    /// What the answer to each must have.
    let ids: [String]

    init(file: String) throws {
        let lines = try Data(contentsOf: URL(filePath: file)).split(separator: UInt8(ascii: "\n")).shuffled()
        texts = lines.map { String(decoding: $0, as: UTF8.self) }
        ids = lines.map { String(decoding: $0.dropFirst(4).prefix(8), as: UTF8.self) }
    }
}
