import ArgumentParser
import Glibc

@main
struct Main {
    static func main() async {
        Self.quietDispatch()
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

    /// Dispatch asks for a higher priority for some threads, and where it may not have that, which is so for
    /// all but root, it writes a line to the system's log for each: with every command that somebody calls.
    /// It reads the variable when it has something to say (libdispatch's `init.c`). Before any other thread.
    private static func quietDispatch() {
        setenv("LIBDISPATCH_LOG", "NO", 0)
    }
}
