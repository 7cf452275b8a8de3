import AgentProtocol

extension Table {
    init(users: [User], _ style: Style) {
        self.init(columns: [
            Column("LOGIN"), Column("EMAIL"), Column("NAME"), Column("SOURCE"),
            Column("STATE", isWhole: true),
            Column("SINCE"), Column("TOKENS"),
        ])
        rows = users.map { user in
            [
                Cell(user.login), user.email.map { Cell($0) } ?? .none,
                user.displayName.map { Cell($0) } ?? .none, Cell(user.source), user.stateCell,
                user.since.map { Cell($0.relative(style)) } ?? .none,
                user.tokens.map { Cell("\($0)") } ?? .none,
            ]
        }
    }
}
