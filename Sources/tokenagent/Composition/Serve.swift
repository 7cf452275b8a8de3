import ArgumentParser
import Foundation

/// Runs the daemon.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Without a configuration file it runs on defaults that suit a trial: socket and database under \
            $XDG_RUNTIME_DIR and $XDG_STATE_HOME, no directory.

            SIGTERM lets it answer what it was asked, and stops it. SIGHUP reads the configuration again, \
            and says what of it needs a restart.

            Examples:
              tokenagent serve
              tokenagent serve --config /etc/tokenagent/tokenagent.yaml
            """)

    @Option(
        help: ArgumentHelp(
            "The configuration file. Else $TOKENAGENT_CONFIG, else /etc/tokenagent/tokenagent.yaml.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    func run() async throws {
        do {
            let location = try Configuration.locate(
                flag: config, environment: ProcessInfo.processInfo.environment)
            let configuration = try Configuration.load(location, toServe: true)
            try await Daemon(configuration: configuration, location: location).run()
        } catch {
            let failure = StartFailure(error)
            LogOutput.put("tokenagent: \(failure.message)")
            throw ExitCode(failure.status)
        }
    }
}
