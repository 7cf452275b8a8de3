import TokenCore

/// The obsolete tokens that somebody has tried, each of which is purged once.
struct TriedPurges {
    private var underWay: Set<UserCode> = []
    /// Those that could not be purged, and rest until the next round: somebody may try one again and again.
    private var resting: Set<UserCode> = []
    private var wasTold = false

    /// Whether nothing is under way.
    var isSettled: Bool { underWay.isEmpty }

    /// False when it is under way, or rests.
    mutating func begin(_ id: UserCode) -> Bool {
        !resting.contains(id) && underWay.insert(id).inserted
    }

    /// Whether the log is to be told that purging works again.
    mutating func succeeded(_ id: UserCode) -> Bool {
        underWay.remove(id)
        defer { wasTold = false }
        return wasTold
    }

    /// Whether the log is to be told: once, until it works again.
    mutating func failed(_ id: UserCode) -> Bool {
        underWay.remove(id)
        resting.insert(id)
        defer { wasTold = true }
        return !wasTold
    }

    /// Each may be tried again.
    mutating func wake() { resting = [] }
}
