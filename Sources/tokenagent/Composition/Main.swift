import ArgumentParser

@main
struct Main {
    static func main() async {
        do {
            var command = try Tokenagent.read(Array(CommandLine.arguments.dropFirst()))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Tokenagent.exit(withError: error)
        }
    }
}
