import AgentProtocol

extension Table {
    init(lines: [AuditList.Line], _ style: Style) {
        self.init(columns: [
            Column("LINE", isWhole: true), Column("WHEN"), Column("EVENT"), Column("TOKEN", isWhole: true),
            Column("OWNER"), Column("BY"), Column("HOW"), Column("DETAIL"),
        ])
        rows = lines.map { line in
            [
                Cell("\(line.seq)"), Cell(line.at.stamp(style)), Cell(line.event),
                line.token.map { Cell($0) } ?? .none,
                line.owner.map { Cell($0.text(login: line.login)) } ?? .none, Cell(line.by),
                line.how.map { Cell($0, .faint) } ?? .none, line.detail.map { Cell($0) } ?? .none,
            ]
        }
    }

    init(keys: [KeyStatus.Key]) {
        self.init(columns: [Column("KEY", isWhole: true), Column("STATE"), Column("SEALED")])
        rows = keys.map { key in
            let state: Cell =
                key.current
                ? Cell("in use", .green)
                : key.present ? Cell("opens only", .faint) : Cell("not at hand", .red)
            return [Cell(key.id), state, Cell("\(key.sealed)")]
        }
    }
}
