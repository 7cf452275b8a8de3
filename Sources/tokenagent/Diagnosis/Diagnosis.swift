import AgentServer
import Foundation
import Glibc

/// What a doctor looks at, one thing after another, each told as soon as it is known: directories may be
/// slow to answer.
struct Diagnosis: Sendable {
    let configuration: Configuration
    let location: ConfigurationLocation
    let environment: [String: String]

    init(_ flag: String?, environment: [String: String]) throws(ConfigurationError) {
        location = try Configuration.locate(flag: flag, environment: environment)
        switch location {
        // Loading would make the folders.
        case .trial(let paths): configuration = .trial(paths)
        case .file(let path): configuration = try .load(path: path)
        }
        self.environment = environment
    }

    func findings(offline: Bool) -> AsyncStream<Finding> {
        AsyncStream { continuation in
            Task {
                let user = DaemonUser(configuration, isAsked: !offline)
                let isRoot = geteuid() == 0
                if isRoot, let user { continuation.yield(user.enter()) }
                for finding in files() + accounts() + callers() + storage(user) + http(user) {
                    continuation.yield(finding)
                }
                for directory in configuration.directories {
                    for finding in await self.directory(directory) { continuation.yield(finding) }
                }
                // What the daemon answers is for whoever asks.
                if isRoot { user?.leave() }
                if !offline {
                    for finding in await daemon() { continuation.yield(finding) }
                }
                continuation.finish()
            }
        }
    }

    // MARK: Files

    private func files() -> [Finding] {
        var findings = [configurationFile(), socketFolder()]
        for directory in configuration.directories {
            guard case .simple(_, let file) = directory.bind else { continue }
            findings.append(passwordFile(file, of: directory.name))
        }
        return findings
    }

    private func configurationFile() -> Finding {
        switch location {
        case .trial(let paths):
            do throws(ConfigurationError) { try paths.checkFolders() } catch {
                return .wrong("configuration", "\(error)", "move it elsewhere, and a start makes one")
            }
            return .fine("configuration", "none: defaults for a trial, in \(paths.stateFolder)")
        case .file(let path):
            // Read it was, by whoever asks; so must it be by the daemon.
            do throws(ConfigurationError) { _ = try Configuration.load(path: path) } catch {
                return .wrong("configuration", "\(error)", "let the daemon's user read it: chmod a+r \(path)")
            }
            guard let file = FileFacts(path) else { return .fine("configuration", "\(path) can be read") }
            guard !file.othersMayWrite else {
                return .wrong(
                    "configuration", "\(path) can be changed by others than its owner",
                    "whoever writes it decides who is admin: chmod go-w \(path)")
            }
            return .fine("configuration", "\(path) is right")
        }
    }

    private func socketFolder() -> Finding {
        let path = configuration.socket.path
        if case .trial = location, FileFacts(FileFacts.folder(of: path)) == nil {
            return .fine("socket", "\(path): a start makes its folder")
        }
        if let objection = Self.objection("socket", toFolderOf: path) { return objection }
        do throws(ServerError) {
            try ListeningSocket.checkPlace(of: path)
            try SocketLock.checkAccess(for: path)
        } catch {
            return .wrong("socket", "\(error)", "see whose it is: ls -l \(path)*; then remove it, or chown")
        }
        return .fine("socket", path)
    }

    /// What is wrong with the folder that a socket is to lie in.
    static func objection(_ subject: String, toFolderOf path: String) -> Finding? {
        let folder = FileFacts.folder(of: path)
        guard let file = FileFacts(folder), file.isFolder else {
            return .wrong(
                subject, "the folder \(folder) does not exist",
                "mkdir \(folder), or let systemd do it (RuntimeDirectory=)")
        }
        guard !file.othersMayWrite else {
            return .wrong(
                subject, "everybody may put a socket of their own into \(folder)", "chmod o-w \(folder)")
        }
        return nil
    }

    private func passwordFile(_ path: String, of directory: String) -> Finding {
        let subject = "directory \(directory), password file"
        guard let file = FileFacts(path), file.isReadable else {
            return .wrong(
                subject, "\(path) cannot be read",
                "create it, and let the daemon's user read it: chmod 400, chown")
        }
        guard !file.isFolder else {
            return .wrong(subject, "\(path) is a folder", "name the file that holds the password")
        }
        guard !file.othersMayRead else {
            return .wrong(subject, "\(path) can be read by everybody", "chmod o-rwx \(path)")
        }
        return .fine(subject, path)
    }

    // MARK: Accounts

    private func accounts() -> [Finding] {
        var findings = configuration.agentSettings().unknown.map {
            Finding.wrong(
                "accounts", "\($0), so it is granted nothing",
                "create it and reload, or take it out of the configuration")
        }
        do throws(UnknownAccount) {
            if let group = configuration.socket.group { _ = try group.gid(key: "socket.group") }
        } catch {
            findings.append(
                .wrong(
                    "accounts", "\(error), and the daemon does not start",
                    "create it, or correct the configuration; the packaged ones are made by systemd-sysusers")
            )
        }
        guard findings.isEmpty else { return findings }
        return [.fine("accounts", "all users and groups that are named exist")]
    }

    private func callers() -> [Finding] {
        guard let warning = UserNamespace.own?.warning else {
            return [.fine("callers", "all users are seen as who they are")]
        }
        return [
            .wrong(
                "callers", warning,
                "fine in a container with its callers; else look for PrivateUsers= and DynamicUser="
            )
        ]
    }
}
