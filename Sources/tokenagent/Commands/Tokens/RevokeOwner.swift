import AgentProtocol
import ArgumentParser

/// What `revoke` takes besides for all tokens of one owner.
struct RevokeOwner: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "All tokens of this person instead: the login or the e-mail, to the letter.",
            valueName: "login"))
    var owner: String?

    @Option(
        help: ArgumentHelp("With --id: the directory that the stable id is from.", valueName: "name"))
    var source: String?

    @Option(
        help: ArgumentHelp(
            "With --source: all tokens of the owner with this stable id.", valueName: "stable-id"))
    var id: String?

    @Option(help: ArgumentHelp("All tokens of this service or machine.", valueName: "name"))
    var service: String?

    @Flag(help: "Of an owner's tokens: do not ask before.")
    var yes = false

    func validate() throws {
        if (source == nil) != (id == nil) { throw ValidationError("--source and --id go together") }
        if [owner, source, service].compactMap({ $0 }).count > 1 {
            throw ValidationError("give one owner: --owner, or --source with --id, or --service")
        }
        if owner?.isEmpty == true || service?.isEmpty == true { throw ValidationError("an owner has a name") }
    }

    /// nil: it is about one token.
    var reference: OwnerReference? {
        if let owner { return .label(owner) }
        if let service { return .key(OwnerKey(source: Owner.serviceSource, id: service)) }
        if let source, let id { return .key(OwnerKey(source: source, id: id)) }
        return nil
    }
}
