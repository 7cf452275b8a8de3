import Foundation

/// Where a daemon without a configuration file keeps its socket and its database: folders of whoever
/// starts it, as the XDG Base Directory Specification has them.
struct TrialPaths: Hashable, Sendable {
    /// Folders of our own, so that making them 0700 takes nothing from anybody.
    var runtimeFolder: String
    var stateFolder: String

    var socket: String { runtimeFolder + "/tokenagent.sock" }
    var database: String { stateFolder + "/tokenagent.sqlite" }

    /// `systemRuntime` is where logind makes a folder for each user who is logged in.
    init(
        environment: [String: String], uid: UInt32 = getuid(), systemRuntime: String = "/run/user"
    ) throws(ConfigurationError) {
        let home = Self.absolute(environment["HOME"])
        guard let state = Self.absolute(environment["XDG_STATE_HOME"]) ?? home.map({ $0 + "/.local/state" })
        else {
            throw Self.refusal(
                "without a configuration file the database goes to $XDG_STATE_HOME or $HOME/.local/state, "
                    + "and neither variable is set to an absolute path: set one, or name a file with --config"
            )
        }
        stateFolder = state + "/tokenagent"
        let userRuntime = "\(systemRuntime)/\(uid)"
        let runtime =
            Self.absolute(environment["XDG_RUNTIME_DIR"])
            ?? (FileManager.default.fileExists(atPath: userRuntime) ? userRuntime : nil)
        runtimeFolder = runtime.map { $0 + "/tokenagent" } ?? stateFolder
        let bytes = socket.utf8.count
        guard bytes <= SocketConfiguration.pathBytesMax else {
            let limit = "a socket's address holds \(SocketConfiguration.pathBytesMax) bytes"
            throw Self.refusal(
                "\(limit), and \(socket) has \(bytes): set XDG_RUNTIME_DIR to something shorter")
        }
    }

    /// Makes both folders, for nobody else to look into.
    func makeFolders() throws(ConfigurationError) {
        for folder in Set([runtimeFolder, stateFolder]).sorted() {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw Self.refusal(
                    "the folder \(folder) cannot be made: \((error as NSError).localizedDescription)")
            }
            try checkIsPrivate(folder)
        }
    }

    /// What `makeFolders` would object to in those that are there.
    func checkFolders() throws(ConfigurationError) {
        for folder in Set([runtimeFolder, stateFolder]).sorted()
        where FileFacts(folder, followsLink: false) != nil {
            try checkIsPrivate(folder)
        }
    }

    /// A folder that was there before may belong to somebody who waits for a database to appear in it.
    private func checkIsPrivate(_ folder: String) throws(ConfigurationError) {
        // Not through a link, which may be turned to somewhere else.
        guard let file = FileFacts(folder, followsLink: false), file.isFolder else {
            throw Self.refusal("\(folder) is not a folder")
        }
        guard file.isOurs, file.isPrivate else {
            throw Self.refusal("the folder \(folder) must be yours alone: its owner you, its mode 0700")
        }
    }

    /// The specification has relative paths ignored, as if the variable were not set.
    private static func absolute(_ path: String?) -> String? {
        guard let path, path.hasPrefix("/") else { return nil }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private static func refusal(_ message: String) -> ConfigurationError {
        ConfigurationError(
            file: "(no configuration file)", problems: [.init(key: nil, line: nil, message: message)])
    }
}
