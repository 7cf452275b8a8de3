import Testing
import TokenCore

@testable import AgentCore

@Suite struct EventLogTests {
    private static let all = Set(AuditEvent.Kind.allCases)

    private func line(_ revision: Int64, _ kind: AuditEvent.Kind = .tokenCreated) -> AuditLine {
        AuditLine(
            revision: revision, event: AuditEvent(at: Timestamp(seconds: revision), kind: kind, by: "x"))
    }

    @Test func `what came before the subscription is not told`() {
        var log = EventLog(keptMax: 8)
        log.append(line(1))
        var cursor = log.end(for: Self.all)
        #expect(log.read(&cursor, atMost: 10) == EventLog.Piece())
        log.append(line(2))
        #expect(log.read(&cursor, atMost: 10).lines.map(\.revision) == [2])
    }

    @Test func `pieces come in order, and the last one says so`() {
        var log = EventLog(keptMax: 8)
        var cursor = log.end(for: Self.all)
        for revision in 1...5 { log.append(line(Int64(revision))) }
        let first = log.read(&cursor, atMost: 3)
        #expect(first.lines.map(\.revision) == [1, 2, 3])
        #expect(!first.isLast)
        let second = log.read(&cursor, atMost: 3)
        #expect(second.lines.map(\.revision) == [4, 5])
        #expect(second.isLast)
    }

    @Test func `who is too slow is told how many of theirs are gone, once, and goes on`() throws {
        var log = EventLog(keptMax: 4)
        var cursor = log.end(for: [.tokenRevoked])
        // Seven, of which every second is wanted: 1, 3, 5, 7. Kept are the last four.
        for revision in 1...7 {
            log.append(line(Int64(revision), revision % 2 == 1 ? .tokenRevoked : .tokenCreated))
        }
        let piece = log.read(&cursor, atMost: 10)
        #expect(piece.loss == EventLog.Loss(count: 2, before: line(4)))
        #expect(piece.lines.map(\.revision) == [5, 7])
        log.append(line(8, .tokenRevoked))
        let next = log.read(&cursor, atMost: 10)
        #expect(next.loss == nil)
        #expect(next.lines.map(\.revision) == [8])
    }

    @Test func `what was read is not counted as missed later`() {
        var log = EventLog(keptMax: 4)
        var cursor = log.end(for: Self.all)
        for revision in 1...3 { log.append(line(Int64(revision))) }
        _ = log.read(&cursor, atMost: 2)
        for revision in 4...9 { log.append(line(Int64(revision))) }
        let piece = log.read(&cursor, atMost: 10)
        #expect(piece.loss?.count == 3, "3, 4 and 5 are gone; 1 and 2 were read")
        #expect(piece.lines.map(\.revision) == [6, 7, 8, 9])
    }

    @Test func `lines that nobody wants are no loss`() {
        var log = EventLog(keptMax: 4)
        var cursor = log.end(for: [.userGone])
        for revision in 1...50 { log.append(line(Int64(revision))) }
        let piece = log.read(&cursor, atMost: 10)
        #expect(piece == EventLog.Piece())
    }

    @Test func `one read looks at so many lines and no more`() {
        var log = EventLog(keptMax: 4 * EventLog.lookedAtMax)
        var cursor = log.end(for: [.userGone])
        for revision in 1...EventLog.lookedAtMax { log.append(line(Int64(revision))) }
        log.append(line(9, .userGone))
        let first = log.read(&cursor, atMost: 10)
        #expect(first.lines.isEmpty)
        #expect(!first.isLast)
        #expect(log.read(&cursor, atMost: 10).lines.map(\.event.kind) == [.userGone])
    }
}
