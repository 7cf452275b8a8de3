import AgentProtocol
import ArgumentParser

/// How much of a long list.
struct PageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "At most so many, 1 to \(Limits.listMax); \(Limits.listDefault) when left out.",
            valueName: "count"))
    var limit: Int?

    @Option(help: "Go on where the page before ended: its next_cursor.")
    var cursor: String?

    @Flag(help: "All pages. With --json: a line for each.")
    var all = false

    func validate() throws {
        if let limit, !(1...Limits.listMax).contains(limit) {
            throw ValidationError("--limit is 1 to \(Limits.listMax)")
        }
    }

    /// All of them come in as few pages as there can be.
    var pageLimit: Int? { limit ?? (all ? Limits.listMax : nil) }
}
