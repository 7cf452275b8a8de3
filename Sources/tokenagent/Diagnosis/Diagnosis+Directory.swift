import AgentCore
import Logging
import TokenCore

extension Diagnosis {
    /// Asks a directory as the daemon would, with the daemon's own credentials.
    func directory(_ directory: DirectoryConfiguration) async -> [Finding] {
        let quiet = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        let settings = directory.settings(logger: quiet, now: Daemon.now)
        return await settings.examine().map { check in
            let subject = "directory \(directory.name), \(check.check)"
            if check.ok { return .fine(subject, check.detail) }
            return .wrong(subject, check.detail, check.advice ?? "see docs/directory.md")
        }
    }
}
