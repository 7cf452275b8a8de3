import ArgumentParser

/// A span in whole seconds, written as `90d`, `12h`, `30m`, `45s`, or as a plain number of seconds.
struct Seconds: ExpressibleByArgument, Hashable {
    let count: Int64

    init?(argument: String) {
        guard let duration = Duration(text: argument) ?? Duration(text: argument + "s") else { return nil }
        let (seconds, attoseconds) = duration.components
        guard attoseconds == 0 else { return nil }
        count = seconds
    }
}
