@testable import RealServers

extension Slapd {
    /// This server as an item of the daemon's `directories`. Changes are not watched, so that it is the test
    /// that says when the directory is read.
    func directory(_ name: String = "corp", _ more: String...) -> String {
        DaemonSettings.directory(name, members + ["sync: {persist: false}"] + more)
    }

    /// The same, with a connection kept open for changes.
    func watchedDirectory(_ name: String = "corp") -> String { DaemonSettings.directory(name, members) }

    private var members: [String] {
        [
            "url: \(localURL)", "bind_dn: \(Self.readerDN)", "bind_password_file: \(readerPasswordFile)",
            "base: \(Self.people)",
        ]
    }

    /// `count` people, by numbers that are their logins and their ids.
    static func crowd(_ count: Int) -> String {
        (1...count).map { person("p\($0)", uuid: uuid($0)) }.joined()
    }

    static func uuid(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    static func dn(_ login: String) -> String { "uid=\(login),\(people)" }

    /// Deletes in one go.
    func delete(logins: [String]) throws {
        try modify(logins.map { "dn: \(Self.dn($0))\nchangetype: delete\n" }.joined(separator: "\n"))
    }

    func move(logins: [String], from old: String, to new: String) throws {
        let moves = logins.map { login in
            """
            dn: uid=\(login),\(old)
            changetype: modrdn
            newrdn: uid=\(login)
            deleteoldrdn: 0
            newsuperior: \(new)

            """
        }
        try modify(moves.joined(separator: "\n"))
    }

    func replace(_ attribute: String, _ value: String?, of login: String) throws {
        let values = value.map { "\(attribute): \($0)\n" } ?? ""
        try modify("dn: \(Self.dn(login))\nchangetype: modify\nreplace: \(attribute)\n\(values)")
    }
}
