import ArgumentParser

/// The command line: a subcommand for each method of the protocol, and the daemon itself.
struct Tokenagent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenagent",
        abstract: "Tokens for people and services, and their end when people leave.",
        discussion: """
            All but `serve`, `doctor` and `backup` ask the daemon over its socket: --socket, else \
            $TOKENAGENT_SOCKET, else the configuration, else /run/tokenagent/tokenagent.sock.

            Exit codes: 0 done; 1 refused or inactive; 3 directory unavailable, nothing done; 4 held by a \
            guard, nothing done; 64 usage; 69 no daemon; 70 internal error; 75 try again later; 77 not \
            permitted; 78 configuration.

            Completions: tokenagent --generate-completion-script bash|zsh|fish
            """,
        version: Version.text,
        subcommands: [
            Serve.self, CreateCommand.self, VerifyCommand.self, ListCommand.self, ShowCommand.self,
            UpdateCommand.self, RotateCommand.self, RevealCommand.self, RevokeCommand.self,
            RestoreCommand.self, PurgeCommand.self, ExplainCommand.self, SyncCommand.self,
            DirectoryCommand.self, UsersCommand.self, EventsCommand.self, StatusCommand.self,
            WhoamiCommand.self, Doctor.self, APIKeyCommand.self, BridgeCommand.self, BackupCommand.self,
            AuditCommand.self, KeyCommand.self,
        ])
}
