import ArgumentParser
import Foundation
import TokenStorage

/// What the commands that open the database themselves have in common.
enum StorageCommand {
    static func run(_ body: (Terminal) throws(CommandError) -> Void) throws {
        let terminal = Terminal()
        do throws(CommandError) {
            try body(terminal)
        } catch {
            throw ExitCode(terminal.end(with: error).rawValue)
        }
    }

    /// Where the daemon has, or would have, its database and key. Makes no folders.
    static func storage(_ flag: String?) throws(CommandError) -> StorageConfiguration {
        do {
            switch try Configuration.locate(flag: flag, environment: ProcessInfo.processInfo.environment) {
            case .trial(let paths): return Configuration.trial(paths).storage
            case .file(let path): return try Configuration.load(path: path).storage
            }
        } catch {
            throw .configuration(error)
        }
    }

    /// On a terminal, a line that says how far it is.
    static func progress(_ terminal: Terminal) -> (BackupProgress) -> Void {
        guard terminal.errorIsTerminal else { return { _ in } }
        return { step in
            switch step {
            case .copying(let share): terminal.progress("copied \(Int(share * 100)) %")
            case .checking: terminal.progress("checking")
            case .applying: terminal.progress("applying what is known since")
            case .done: terminal.progress("")
            }
        }
    }
}
