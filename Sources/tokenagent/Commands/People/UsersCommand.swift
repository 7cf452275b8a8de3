import AgentProtocol
import ArgumentParser

struct UsersCommand: AgentCommand {
    static let configuration = described(
        "users", "List the people that are known, or show one with their tokens.",
        discussion: "One person is named by a login or an e-mail address, or by --source and --id together.")

    static let examples = [
        Example("tokenagent users", "the first hundred people"),
        Example("tokenagent users alice", "Alice, and her tokens"),
        Example("tokenagent users --source corp --state gone --all", "who has left one directory"),
        Example(
            "tokenagent users --source corp --id 5f1c4e2a-93d1-4f0b-8a51-2d4c9f0b7e11",
            "the person of that stable id"),
    ]

    @Argument(help: "A login or an e-mail address.")
    var user: String?

    @Option(help: ArgumentHelp("Only people of this directory; with --id, that person.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("With --source: the person's stable id.", valueName: "stable-id"))
    var id: String?

    @Option(
        help: ArgumentHelp("Only those present, disabled, missing or gone.", valueName: "state"),
        completion: .list(["present", "disabled", "missing", "gone"]))
    var state: String?

    @OptionGroup var page: PageOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if id != nil, source == nil { throw ValidationError("--id needs --source") }
        if user != nil, source != nil {
            throw ValidationError("give a login or e-mail, or --source with --id")
        }
        let isList = state != nil || page.all || page.limit != nil || page.cursor != nil
        if reference != nil, isList {
            throw ValidationError("--state, --limit, --cursor and --all are for the list, not for one person")
        }
    }

    /// nil: the list is asked for.
    private var reference: OwnerReference? {
        if let user { return .label(user) }
        if let source, let id { return .key(OwnerKey(source: source, id: id)) }
        return nil
    }

    var showParams: UserShow? { reference.map { UserShow(user: $0) } }

    var listParams: UserList {
        var params = UserList()
        params.limit = page.pageLimit
        params.cursor = page.cursor
        params.source = source
        params.state = state
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        if let showParams {
            try await show(showParams, session)
        } else {
            try await list(session)
        }
        return .done
    }

    private func show(_ params: UserShow, _ session: Session) async throws(CommandError) {
        let answer = try await session.ask(params)
        try session.say(Card(user: answer.user, session.style))
        try session.say("")
        try session.say(
            answer.tokens.isEmpty
                ? "No tokens." : Table(tokens: answer.tokens, session.style).text(session.style))
    }

    private func list(_ session: Session) async throws(CommandError) {
        var params = listParams
        var users: [User] = []
        var next: String?
        repeat {
            let answer = try await session.ask(params)
            users += answer.users
            next = answer.nextCursor
            params.cursor = next
        } while page.all && next != nil
        let style = session.style
        try session.say(users.isEmpty ? "No people." : Table(users: users, style).text(style))
        session.hintAtMore(next)
    }
}
