import Foundation

/// An LDIF file of people that a daemon reads.
final class PeopleFile {
    private let folder: TemporaryFolder
    /// Logins and stable ids; written by `write`.
    var people: [(login: String, id: String)]

    var path: String { folder.file("people.ldif") }

    /// `crowd` more, so that one of them leaving is nothing to stop for.
    init(_ logins: [String], crowd: Int = 0) throws {
        folder = try TemporaryFolder()
        people = (logins + (0..<crowd).map { "p\($0)" }).map { ($0, "id-\($0)") }
        try write()
    }

    /// In one step, as a careful administrator would.
    func write() throws {
        try folder.write(
            people.map { Self.entry($0.login, $0.id) }.joined(separator: "\n"), to: "new", mode: 0o644)
        guard rename(folder.file("new"), path) == 0 else { throw FixtureFailure("rename: \(errno)") }
    }

    var text: String { get throws { try folder.text(of: "people.ldif") } }

    func write(_ text: String) throws { try folder.write(text, to: "people.ldif", mode: 0o644) }

    func removeFile() { unlink(path) }

    func directory(_ name: String = "corp", _ more: String...) -> String {
        DaemonSettings.directory(name, ["url: file://\(path)", "id: employeeNumber"] + more)
    }

    private static func entry(_ login: String, _ id: String) -> String {
        """
        dn: uid=\(login),ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: \(login)
        cn: \(login)
        sn: \(login)
        mail: \(login)@example.org
        employeeNumber: \(id)

        """
    }
}
