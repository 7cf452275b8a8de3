import AgentProtocol

extension Card {
    init(token: TokenMetadata, _ style: Style) {
        self.init()
        add("token", Cell(token.id, .bold))
        add("state", token.state.cell)
        add("owner", token.owner.full)
        add("audience", token.audience)
        add("name", token.name)
        add("rights", token.rights)
        add("expires", token.expiresAt.map { $0.full(style) } ?? "never")
        add("last used", token.lastUsedAt.map { $0.full(style) } ?? "never")
        add("created", token.createdAt.full(style))
        add("updated", token.updatedAt.full(style))
        add("retrievable", token.retrievable ? "yes: `tokenagent reveal \(token.id)` shows it" : "no")
    }

    init(active token: TokenVerify.Active, _ style: Style) {
        self.init()
        add("token", Cell(token.id, .bold))
        add("owner", token.owner.full)
        add("audience", token.audience)
        add("name", token.name)
        add("rights", ([token.write ? "write" : "read"] + token.flags).joined(separator: ","))
        add("expires", token.expiresAt.map { $0.full(style) } ?? "never")
    }
}
