import ArgumentParser
import Foundation

/// Looks at a configuration and at a running system, and changes nothing.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration and a running system, and say what to do.",
        discussion: """
            Reads the configuration as the daemon would, looks at the files, accounts and folders it names, \
            asks each directory, and asks the daemon if one is running. Changes nothing. What \
            `tokenagent serve` would refuse is wrong. Run it as the daemon's user, whose rights are the ones \
            that count; root looks with the rights of whoever answers at the socket, else of the \
            database's owner.

            Exit codes: 0 all is well; 1 something is wrong; 78 the configuration cannot be read.

            \(Example.text([
                Example("tokenagent doctor", "what the daemon would start with"),
                Example("tokenagent doctor --config ./new.yaml --offline", "before it is put in place"),
                Example("sudo -u tokenagent tokenagent doctor", "with the rights of the daemon"),
            ]))
            """)

    @Option(
        help: ArgumentHelp("The configuration file; else as for serve.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Flag(help: "Ask no daemon: for a configuration before it is put in place.")
    var offline = false

    @Flag(help: "Print what was found as JSON on one line.")
    var json = false

    func run() async throws {
        let terminal = Terminal()
        do {
            try await look(terminal)
        } catch let error as CommandError {
            throw ExitCode(terminal.end(with: error).rawValue)
        }
    }

    private func look(_ terminal: Terminal) async throws {
        let diagnosis: Diagnosis
        do {
            // It reads bind passwords and the sealing key.
            try Hardening.forbidDumps()
            diagnosis = try Diagnosis(config, environment: ProcessInfo.processInfo.environment)
        } catch {
            terminal.complain(StartFailure(error).message)
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
        var findings: [Finding] = []
        for await finding in diagnosis.findings(offline: offline) {
            findings.append(finding)
            if !json { try terminal.write(finding.text(terminal.style)) }
        }
        let isWell = findings.allSatisfy(\.isFine)
        if json { try terminal.write(DoctorAnswer(ok: isWell, findings: findings).json()) }
        if !isWell { throw ExitCode(ExitStatus.refused.rawValue) }
    }
}

/// What a doctor has found, as `--json` tells it.
private struct DoctorAnswer: Encodable {
    /// Nothing has to be mended.
    let ok: Bool
    let findings: [Finding]
}
