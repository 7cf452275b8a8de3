import Glibc

@testable import RealServers

/// What did not come to pass in a test's own machinery, as opposed to what the test is about.
struct FixtureFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Asks again and again until there is an answer, and gives up at the deadline.
@discardableResult
func eventually<Answer>(
    _ what: String, within limit: Duration = .patient, _ ask: () throws -> Answer?
) throws -> Answer {
    let deadline = ContinuousClock.now + limit
    while true {
        if let answer = try ask() { return answer }
        guard ContinuousClock.now < deadline else { throw FixtureFailure("never: \(what)") }
        usleep(5000)
    }
}

/// The shortest that something takes; once that is short enough, no more rounds are made. What others have
/// the processor for makes one of them long, and hardly each.
func best(
    under most: Duration, of rounds: Int = 3, _ round: (_ number: Int) throws -> Duration
) rethrows -> Duration {
    var shortest = try round(1)
    for number in 2...rounds where shortest >= most { shortest = min(shortest, try round(number)) }
    return shortest
}

/// As above, for a yes or no.
func eventually(
    _ what: String, within limit: Duration = .patient, _ ask: () throws -> Bool
) throws {
    try eventually(what, within: limit) { try ask() ? () : nil } as Void
}
