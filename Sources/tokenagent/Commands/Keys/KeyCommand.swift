import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look at the key that seals retrievable tokens, and replace it.",
        subcommands: [KeyStatusCommand.self, KeyRotateCommand.self])
}
