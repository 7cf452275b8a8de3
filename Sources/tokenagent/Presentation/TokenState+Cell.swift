import AgentProtocol

extension TokenState {
    var cell: Cell {
        switch self {
        case .active: Cell(rawValue, .green)
        case .expired, .suspended: Cell(rawValue, .yellow)
        case .obsolete, .revoked, .purged: Cell(rawValue, .red)
        }
    }
}

extension User {
    /// The daemon's own words: a new one is shown as it comes.
    var stateCell: Cell {
        switch state {
        case "present": Cell(state, .green)
        case "disabled", "missing": Cell(state, .yellow)
        case "gone": Cell(state, .red)
        default: Cell(state)
        }
    }
}

extension DirectoryStatus.Source {
    var stateCell: Cell {
        switch state {
        case "current": Cell(state, .green)
        case "unread", "stale", "held", "unconfirmed": Cell(state, .yellow)
        case "failing": Cell(state, .red)
        default: Cell(state)
        }
    }
}
