import ArgumentParser

/// What every subcommand that asks the daemon takes.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket. Else $TOKENAGENT_SOCKET, else as configured.", valueName: "path"),
        completion: .file())
    var socket: String?

    @Flag(help: "Print the result as the socket gives it: JSON on one line.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Ask with the rights of the token in this file instead of your own; - is standard input.",
            valueName: "file"),
        completion: .file())
    var asTokenFile: String?

    func validate() throws {
        if socket?.isEmpty == true { throw ValidationError("--socket needs a path") }
    }
}
