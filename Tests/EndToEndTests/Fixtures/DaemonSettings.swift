/// The configuration file of a daemon under test.
struct DaemonSettings {
    /// Items of `directories`, as `Slapd.directory` and `PeopleFile.directory` give them.
    var directories: [String] = []
    /// Items of `access`; empty leaves the daemon's own.
    var access: [String] = []
    /// Members of `limits`, `purge` and `tokens`, in YAML's flow style.
    var limits = ""
    var purge = ""
    var tokens = ""
    var log = "level: debug"
    var socketMode = "0600"
    /// nil: beside the database.
    var sealKeyFile: String?
    /// Lines as they are.
    var more = ""

    init(directories: [String] = []) { self.directories = directories }

    func yaml(socket: String, database: String) -> String {
        var lines = [
            "socket: {path: \(socket), mode: \"\(socketMode)\", group: null}",
            "storage: {path: \(database)\(sealKeyFile.map { ", seal_key_file: \($0)" } ?? "")}",
            "limits: {\(limits)}", "purge: {\(purge)}", "tokens: {\(tokens)}", "log: {\(log)}",
        ]
        if !directories.isEmpty { lines += ["directories:"] + directories }
        if !access.isEmpty { lines += ["access:"] + access.map { "  - {\($0)}" } }
        return (lines + [more]).joined(separator: "\n") + "\n"
    }

    /// An item of `directories`.
    static func directory(_ name: String, _ members: [String]) -> String {
        (["  - name: \(name)"] + members.map { "    \($0)" }).joined(separator: "\n")
    }
}
