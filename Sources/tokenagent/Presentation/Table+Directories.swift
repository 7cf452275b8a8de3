import AgentProtocol
import Foundation

extension Table {
    init(reports: [DirectorySync.Report]) {
        self.init(columns: [
            Column("SOURCE"), Column("READING", isWhole: true), Column("PEOPLE"), Column("ADDED"),
            Column("CHANGED"), Column("DISABLED"), Column("SUSPENDED"), Column("GONE"), Column("TOOK"),
            Column("NOTE"),
        ])
        rows = reports.map { report in
            [
                Cell(report.source), report.outcomeCell, Cell("\(report.people)"), Cell("\(report.added)"),
                Cell("\(report.changed)"), Cell("\(report.disabled)"), Cell("\(report.suspended)"),
                Cell("\(report.gone)"), Cell(String(format: "%.1f s", report.seconds)),
                report.error.map { Cell($0) } ?? .none,
            ]
        }
    }

    init(sources: [DirectoryStatus.Source], _ style: Style) {
        self.init(columns: [
            Column("SOURCE"), Column("STATE", isWhole: true), Column("PEOPLE"),
            Column("LAST COMPLETE READING"), Column("METHOD"), Column("CHANGES"),
            Column("NOTE"),
        ])
        rows = sources.map { source in
            [
                Cell(source.source), source.stateCell, Cell("\(source.people)"),
                source.lastCompleteAt.map { Cell($0.full(style)) } ?? Cell("never", .faint),
                source.method.map { Cell($0) } ?? .none,
                source.changesMethod.map { Cell($0) } ?? .none, source.note.map { Cell($0) } ?? .none,
            ]
        }
    }

    init(checks: [DirectoryTest.Check]) {
        self.init(columns: [
            Column("SOURCE"), Column("CHECK"), Column("RESULT", isWhole: true), Column("DETAIL"),
        ])
        rows = checks.map { check in
            [
                Cell(check.source), Cell(check.check), check.ok ? Cell("ok", .green) : Cell("FAILED", .red),
                check.detail.map { Cell($0) } ?? .none,
            ]
        }
    }

    init(removals: [HeldPlan.Removal]) {
        self.init(columns: [Column("LOGIN"), Column("ID"), Column("EVIDENCE")])
        let sorted = removals.sorted {
            ($0.evidence, $0.login, $0.owner.id) < ($1.evidence, $1.login, $1.owner.id)
        }
        rows = sorted.map { [Cell($0.login), Cell($0.owner.id), Cell($0.evidence, .yellow)] }
    }
}

extension DirectorySync.Report {
    fileprivate var outcomeCell: Cell {
        if held != nil { return Cell("held", .yellow) }
        guard complete else { return Cell("incomplete", .red) }
        return Cell("complete", isUnconfirmed ? .yellow : .green)
    }
}

extension DirectoryStatus.Source {
    fileprivate var note: String? {
        if let reading { return "a reading is under way: \(reading) people so far" }
        if let tokens { return "not configured any more; \(tokens) tokens of its people are left" }
        // A plan says nothing of what went wrong after it.
        let plan = held.map { "plan \($0.plan) \($0.shortEffect)" }
        let parts = [plan ?? unconfirmedNote, error].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; since then: ")
    }

    /// Who may have left, and why nobody knows; nil when there is nobody like that.
    var unconfirmedNote: String? {
        guard let unconfirmed, unconfirmed > 0 else { return nil }
        let owners = unconfirmed == 1 ? "1 owner" : "\(unconfirmed) owners"
        return "\(owners) could not be confirmed and keep their tokens: \(unconfirmedWhy ?? "")"
    }
}
