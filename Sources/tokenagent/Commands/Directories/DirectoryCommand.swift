import ArgumentParser

struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory", abstract: "How the directories stand, and what is wrong with them.",
        subcommands: [DirectoryStatusCommand.self, DirectoryTestCommand.self, DirectoryForgetCommand.self])
}
