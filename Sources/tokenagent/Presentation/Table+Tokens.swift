import AgentProtocol

extension Table {
    init(tokens: [TokenMetadata], _ style: Style) {
        self.init(columns: [
            Column("ID", isWhole: true), Column("OWNER"), Column("AUDIENCE"), Column("NAME"),
            Column("STATE", isWhole: true), Column("RIGHTS"), Column("EXPIRES"), Column("LAST USED"),
        ])
        rows = tokens.map { token in
            [
                Cell(token.id), Cell(token.owner.label), Cell(token.audience),
                token.name.isEmpty ? .none : Cell(token.name), token.state.cell, Cell(token.rights),
                token.expiresAt.map { Cell($0.relative(style)) } ?? Cell("never", .faint),
                token.lastUsedAt.map { Cell($0.relative(style)) } ?? Cell("never", .faint),
            ]
        }
    }

    init(events: [TokenExplain.Event], _ style: Style) {
        self.init(columns: [Column("WHEN", isWhole: true), Column("EVENT"), Column("BY"), Column("DETAIL")])
        rows = events.map { event in
            [
                Cell(event.at.stamp(style)), Cell(event.event), Cell(event.by),
                event.detail.map { Cell($0) } ?? .none,
            ]
        }
    }

    /// Of a person and all their tokens.
    init(story: [TokenExplain.Event], _ style: Style) {
        self.init(columns: [
            Column("WHEN", isWhole: true), Column("EVENT"), Column("TOKEN", isWhole: true), Column("BY"),
            Column("DETAIL"),
        ])
        rows = story.map { event in
            [
                Cell(event.at.stamp(style)), Cell(event.event), event.token.map { Cell($0) } ?? .none,
                Cell(event.by), event.detail.map { Cell($0) } ?? .none,
            ]
        }
    }

    init(purged: [TokenPurge.Purged], _ style: Style) {
        self.init(columns: [
            Column("ID", isWhole: true), Column("OWNER"), Column("AUDIENCE"), Column("REASON"),
            Column("SINCE"),
        ])
        rows = purged.map { token in
            [
                Cell(token.id), Cell(token.owner.label), Cell(token.audience), Cell(token.reason, .red),
                Cell(token.since.full(style)),
            ]
        }
    }
}

extension TokenMetadata {
    /// `write`, or `read`; and the flags.
    var rights: String { ([write ? "write" : "read"] + flags).joined(separator: ",") }
}
