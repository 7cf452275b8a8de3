/// How long to wait before listening is tried again: twice as long each time. Pure.
struct ListenBackOff {
    private static let first = Duration.seconds(1)
    private static let most = Duration.seconds(30)

    private var next = first

    mutating func failed() -> Duration {
        defer { next = min(next * 2, Self.most) }
        return next
    }

    mutating func succeeded() { next = Self.first }
}
