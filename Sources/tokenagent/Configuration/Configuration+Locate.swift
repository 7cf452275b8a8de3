import Glibc

extension Configuration {
    static let systemFile = "/etc/tokenagent/tokenagent.yaml"

    /// `--config`, else `$TOKENAGENT_CONFIG`, else the system's file if it exists, else none.
    ///
    /// A file that is asked for by name is never passed over, also when it is not there: that is for
    /// `load` to say.
    static func locate(
        flag: String?, environment: [String: String], systemFile: String = systemFile
    ) throws(ConfigurationError) -> ConfigurationLocation {
        if let flag { return .file(flag) }
        if let variable = environment["TOKENAGENT_CONFIG"], !variable.isEmpty { return .file(variable) }
        // Not fileExists(atPath:), which takes "not permitted to look" for "not there".
        if faccessat(AT_FDCWD, systemFile, F_OK, AT_SYMLINK_NOFOLLOW) == 0
            || (errno != ENOENT && errno != ENOTDIR)
        {
            return .file(systemFile)
        }
        return .trial(try TrialPaths(environment: environment))
    }

    /// The configuration of a location; for a trial, its folders are made.
    static func load(
        _ location: ConfigurationLocation, toServe: Bool = false
    ) throws(ConfigurationError) -> Configuration {
        switch location {
        case .file(let path): return try load(path: path, toServe: toServe)
        case .trial(let paths):
            try paths.makeFolders()
            return trial(paths)
        }
    }

    /// Only the daemon's own user gets through to the socket: its folder is 0700.
    static func trial(_ paths: TrialPaths) -> Configuration {
        var configuration = Configuration()
        configuration.socket = SocketConfiguration(path: paths.socket, mode: 0o600, group: nil)
        configuration.storage.path = paths.database
        return configuration
    }
}
