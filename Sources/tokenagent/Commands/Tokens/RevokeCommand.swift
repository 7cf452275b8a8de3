import AgentProtocol
import ArgumentParser

struct RevokeCommand: AgentCommand {
    static let configuration = described(
        "revoke", "Make a token worthless, at once; or all tokens of one owner.",
        discussion: """
            With --owner all that are neither revoked nor purged, after a question, one after the other; \
            what is made meanwhile, too. A name has to be the owner's own to the letter, and is settled \
            once: nobody else's token is ended by it. Cut short, the same command goes on. Exit code 1 when \
            the answer is no. With --json a line for each token.
            """)

    static let examples = [
        Example("tokenagent revoke NFWIevo8", "`tokenagent restore` takes it back, for a while"),
        Example("tokenagent revoke NFWIevo8 --reason 'laptop lost'", "with a reason for its history"),
        Example("tokenagent revoke --owner alice --reason 'laptop stolen'", "all that Alice has"),
        Example("tokenagent revoke --service backup --yes", "all of a service, without a question"),
    ]

    @Argument(help: "The token's public id: the 8 characters after tka_.")
    var id: String?

    @OptionGroup var owner: RevokeOwner

    @Option(help: ArgumentHelp("For the audit trail.", valueName: "text"))
    var reason: String?

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if (id == nil) == (owner.reference == nil) {
            throw ValidationError("give a token's id, or an owner: --owner, --source with --id, or --service")
        }
        if owner.yes, id != nil { throw ValidationError("--yes is for an owner's tokens") }
    }

    var params: TokenRevoke { TokenRevoke(id: id ?? "", reason: reason) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        if let owner = owner.reference {
            return try await OwnerRevocation(session: session, reason: reason, isSure: self.owner.yes).run(
                owner)
        }
        let before = await session.state(of: params.id ?? "")
        let token = try await session.ask(params)
        guard before != .revoked else {
            try session.say("The token \(token.id) of \(token.owner.label.printable) was revoked already.")
            return .done
        }
        try session.say(
            "Revoked the token \(token.id) of \(token.owner.label.printable): refused from now on.")
        return .done
    }
}
