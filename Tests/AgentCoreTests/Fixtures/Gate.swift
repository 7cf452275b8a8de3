/// Holds whoever comes through until it is opened, and tells when somebody has come. For one passage.
final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let openings = AsyncStream.makeStream(of: Void.self)

    func pass() async {
        arrivals.continuation.yield()
        for await _ in openings.stream { break }
    }

    func arrival() async {
        for await _ in arrivals.stream { break }
    }

    func open() { openings.continuation.yield() }
}
