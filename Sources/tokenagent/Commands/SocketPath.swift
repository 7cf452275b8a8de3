import Foundation

/// Where the daemon is expected to listen.
struct SocketPath: Hashable, Sendable {
    let path: String
    /// Whether it was named on the command line, so that a command which is suggested has to name it, too.
    let isOption: Bool

    /// What keeps the configuration from saying it; nil when nothing does.
    var warning: String?

    /// `--socket`, else `$TOKENAGENT_SOCKET`, else as the daemon would be configured, else where a package
    /// puts it.
    ///
    /// A daemon that runs goes on with the configuration it has: a mistake made in the file since is no
    /// reason not to ask it.
    static func find(
        option: String?, environment: [String: String], systemFile: String = Configuration.systemFile,
        systemSocket: String = SocketConfiguration().path
    ) -> SocketPath {
        if let option { return SocketPath(path: option, isOption: true) }
        if let variable = environment["TOKENAGENT_SOCKET"], !variable.isEmpty {
            return SocketPath(path: variable, isOption: false)
        }
        do {
            let configured = try Self.configured(environment, systemFile)
            return SocketPath(path: configured ?? systemSocket, isOption: false)
        } catch {
            let warning = "\(error)\nasking at \(systemSocket), as the configuration cannot be understood"
            return SocketPath(path: systemSocket, isOption: false, warning: warning)
        }
    }

    /// nil: nothing says it.
    private static func configured(
        _ environment: [String: String], _ systemFile: String
    ) throws(ConfigurationError) -> String? {
        let location: ConfigurationLocation
        do {
            location = try Configuration.locate(flag: nil, environment: environment, systemFile: systemFile)
        } catch {
            // Without a home folder nobody could have started a daemon for a trial.
            return nil
        }
        switch location {
        case .file(let path):
            // The system's file need not be readable for everybody who may connect.
            if path == systemFile, access(path, R_OK) != 0 { return nil }
            return try Configuration.socketPath(ofFile: path)
        case .trial(let paths):
            return access(paths.socket, F_OK) == 0 ? paths.socket : nil
        }
    }

    /// The words that a suggested command needs to reach the same daemon.
    func command(_ words: String) -> String {
        isOption ? "tokenagent \(words) --socket \(Self.quoted(path))" : "tokenagent \(words)"
    }

    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { character in
            character.isASCII && (character.isLetter || character.isNumber || "/._-+%:@,".contains(character))
        }
        return isPlain ? path : "'" + path.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
