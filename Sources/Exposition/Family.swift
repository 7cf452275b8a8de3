/// All series of one name.
struct Family {
    enum Kind: String {
        case counter, gauge, histogram
    }

    enum Cell {
        case counter(Tally)
        case gauge(Level)
        case histogram(Spread)

        var kind: Kind {
            switch self {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            }
        }
    }

    let kind: Kind
    /// By their labels as they are written, so that they come in the same order each time.
    var cells: [String: Cell] = [:]
}
