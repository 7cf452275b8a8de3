package import TokenCore

/// The latest lines, as many as are kept. The oldest goes when there is no room.
package struct EventLog: Sendable {
    /// What a subscription takes at a time.
    package struct Piece: Hashable, Sendable {
        package var lines: [AuditLine] = []
        /// What it wanted and did not get, before these.
        package var loss: Loss?
        /// Whether this is all there is for now.
        package var isLast = true
    }

    /// How many lines one read looks at, so that it holds nobody up for long.
    static let lookedAtMax = 1024

    package struct Loss: Hashable, Sendable {
        package var count: Int
        /// The oldest line that is still there.
        package var before: AuditLine
    }

    private let keptMax: Int
    private var kept: [AuditLine] = []
    /// How many there ever were; the place of the next one.
    private var count = 0
    /// How many of each kind there ever were, and how many of them are gone.
    private var told: [AuditEvent.Kind: Int] = [:]
    private var dropped: [AuditEvent.Kind: Int] = [:]

    init(keptMax: Int) { self.keptMax = keptMax }

    private var start: Int { count - kept.count }

    mutating func append(_ line: AuditLine) {
        let place = count % keptMax
        if kept.count == keptMax {
            dropped[kept[place].event.kind, default: 0] += 1
            kept[place] = line
        } else {
            kept.append(line)
        }
        told[line.event.kind, default: 0] += 1
        count += 1
    }

    /// Where somebody begins who wants these kinds from now on.
    func end(for kinds: Set<AuditEvent.Kind>) -> EventCursor {
        EventCursor(kinds: kinds, place: count, passed: kinds.reduce(0) { $0 + told[$1, default: 0] })
    }

    func read(_ cursor: inout EventCursor, atMost most: Int) -> Piece {
        var piece = Piece()
        if cursor.place < start {
            let gone = cursor.kinds.reduce(0) { $0 + dropped[$1, default: 0] }
            let missed = gone - cursor.passed
            cursor.passed = gone
            cursor.place = start
            if missed > 0 { piece.loss = Loss(count: missed, before: kept[start % keptMax]) }
        }
        let end = min(count, cursor.place + Self.lookedAtMax)
        while cursor.place < end, piece.lines.count < most {
            let line = kept[cursor.place % keptMax]
            cursor.place += 1
            guard cursor.kinds.contains(line.event.kind) else { continue }
            cursor.passed += 1
            piece.lines.append(line)
        }
        piece.isLast = cursor.place == count
        return piece
    }
}

/// How far somebody has come.
struct EventCursor: Sendable {
    let kinds: Set<AuditEvent.Kind>
    /// The place of the next line.
    var place: Int
    /// How many of the wanted ones lie before it.
    var passed: Int
}
