import AgentProtocol
import ArgumentParser

struct ExplainCommand: AgentCommand {
    static let configuration = described(
        "explain", "Tell why a token is in the state it is in, or a person.",
        discussion: """
            The history, with times: made, disabled, missing in which reading of which server, confirmed \
            gone by which look-up, purged by what. What may be a token's id and a login is tried as an id \
            first.
            """)

    static let examples = [
        Example("tokenagent explain NFWIevo8", "a token's history, and its owner's"),
        Example("tokenagent explain alice", "a person's, and that of all their tokens"),
        Example("tokenagent explain --user amueller", "a login that looks like a token's id"),
    ]

    @Argument(help: "A token's public id, or somebody's login or e-mail address.")
    var subject: String?

    @Option(help: ArgumentHelp("A login or an e-mail address, and no token.", valueName: "login"))
    var user: String?

    @Option(
        help: ArgumentHelp("With --id: the directory that the stable id is from.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("With --source: the person's stable id.", valueName: "stable-id"))
    var id: String?

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if (source == nil) != (id == nil) { throw ValidationError("--source and --id go together") }
        guard [subject, user, source].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give a token's id or a login, or --user, or --source with --id")
        }
    }

    /// nil when it cannot be a token.
    var tokenParams: TokenExplain? {
        guard let subject, subject.utf8.count == 8,
            subject.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isLetterOrDigit })
        else { return nil }
        return TokenExplain(id: subject)
    }

    var userParams: UserExplain {
        if let source, let id { return UserExplain(user: .key(OwnerKey(source: source, id: id))) }
        return UserExplain(user: .label(user ?? subject ?? ""))
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        guard let tokenParams else { return try await tell(of: userParams, session) }
        let answer: TokenExplain.Answer
        do {
            answer = try await session.ask(tokenParams)
        } catch let error where error.isNotFound {
            do { return try await tell(of: userParams, session) } catch let second where second.isNotFound {
                throw error
            }
        }
        try session.say(Card(token: answer.token, session.style))
        try session.say("")
        try session.say(Table(events: answer.events, session.style))
        return .done
    }

    private func tell(of params: UserExplain, _ session: Session) async throws(CommandError) -> ExitStatus {
        let answer = try await session.ask(params)
        try session.say(Card(user: answer.user, session.style))
        try session.say("")
        try session.say(Table(story: answer.events, session.style))
        return .done
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
