import AgentProtocol

extension Card {
    init(user: User, _ style: Style) {
        self.init()
        add("login", Cell(user.login, .bold))
        add("name", user.displayName)
        add("email", user.email)
        add("state", user.stateCell)
        add("since", user.since?.full(style))
        add("source", user.source)
        add("id", user.id)
        add("dn", user.dn)
        add("roles", user.roles.joined(separator: ", "))
    }

    init(whoami: AgentWhoami.Answer) {
        self.init()
        add("login", whoami.login)
        if let owner = whoami.owner { add("owner", "\(owner.source):\(owner.id)") }
        add("token", whoami.token?.id)
        add("uid", "\(whoami.uid)")
        add("gid", "\(whoami.gid)")
        add("pid", "\(whoami.pid)")
        let roles = whoami.roles.joined(separator: ", ")
        add("roles", roles.isEmpty ? Cell("none", .yellow) : Cell(roles))
    }
}
