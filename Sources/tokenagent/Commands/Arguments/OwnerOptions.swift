import AgentProtocol
import ArgumentParser

/// Whose token: named by a label, by the identity itself, or no person at all.
struct OwnerOptions: ParsableArguments {
    @Argument(help: "A login or an e-mail address.")
    var owner: String?

    @Option(
        help: ArgumentHelp("With --id: the directory that the stable id is from.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("With --source: the owner's stable id.", valueName: "stable-id"))
    var id: String?

    @Option(help: ArgumentHelp("A service or machine instead of a person.", valueName: "name"))
    var service: String?

    func validate() throws {
        if (source == nil) != (id == nil) { throw ValidationError("--source and --id go together") }
        if [owner, source, service].compactMap({ $0 }).count > 1 {
            throw ValidationError("give one owner: a login or e-mail, or --source with --id, or --service")
        }
    }

    /// nil: nobody was named, so it is whoever asks.
    var reference: OwnerReference? {
        if let owner { return .label(owner) }
        if let service { return .key(OwnerKey(source: Owner.serviceSource, id: service)) }
        if let source, let id { return .key(OwnerKey(source: source, id: id)) }
        return nil
    }
}
