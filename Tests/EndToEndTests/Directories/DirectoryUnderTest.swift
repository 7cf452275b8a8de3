import Foundation

@testable import RealServers

/// A branch of its own on a server of any kind, with people that a test adds, changes and removes.
final class DirectoryUnderTest {
    let kind: ServerKind
    /// Tells the people of one test from those of another: a login is one's own in a whole domain.
    private let tag = String(UUID().uuidString.prefix(4)).lowercased()
    private let folder: TemporaryFolder
    /// Only of a server that is started here.
    private let slapd: Slapd?
    private let url: String
    private var changes = 0
    /// Who reads it; nil for its administrator.
    private let reader: String?

    private var people: String { "ou=people-\(tag),\(kind.suffix)" }
    private var elsewhere: String { "ou=former-\(tag),\(kind.suffix)" }

    init(_ kind: ServerKind, people count: Int, byOrdinaryAccount: Bool = false) throws {
        self.kind = kind
        reader = byOrdinaryAccount ? "reader@test.example.org" : nil
        folder = try TemporaryFolder()
        slapd = kind == .openldap ? try Slapd() : nil
        guard let url = slapd?.localURL ?? kind.url else { throw FixtureFailure("no \(kind.rawValue)") }
        self.url = url
        try folder.write(credentials.password, to: "password")
        try folder.write("Reader.Passw0rd.456", to: "reader")
        let branches = ["people-\(tag)", "former-\(tag)"].map { name in
            "dn: ou=\(name),\(kind.suffix)\nchangetype: add\nobjectClass: organizationalUnit\nou: \(name)\n"
        }
        try change((branches + (1...count).map(entry)).joined(separator: "\n"))
    }

    private var credentials: (name: String, password: String) {
        switch kind {
        case .openldap: (Slapd.rootDN, Slapd.rootPassword)
        case .directoryServer389: ("cn=Directory Manager", "Directory_Manager_1")
        case .samba: ("administrator@test.example.org", "Passw0rd.123")
        }
    }

    /// As an item of the daemon's `directories`.
    func settings(_ more: String...) -> String {
        var members = [
            "url: \"\(url)\"", "bind_dn: \(reader ?? credentials.name)",
            "bind_password_file: \(folder.file(reader == nil ? "password" : "reader"))",
            "allow_cleartext: true", "base: \"\(people)\"", "sync: {persist: false}",
        ]
        if kind == .samba {
            members += [
                "login: sAMAccountName", "display_name: displayName",
                "filter: (&(objectCategory=person)(objectClass=user))",
            ]
        }
        return DaemonSettings.directory("corp", members + more)
    }

    /// The login of the person of this number.
    func login(_ number: Int) -> String { "\(tag)-p\(number)" }

    private func dn(_ number: Int) -> String { "\(kind.name(of: login(number))),\(people)" }

    private func entry(_ number: Int) -> String {
        let lines = kind.attributes(login(number)) + ["mail: \(login(number))@example.org"]
        return (["dn: \(dn(number))", "changetype: add"] + lines).joined(separator: "\n") + "\n"
    }

    func add(_ number: Int) throws { try change(entry(number)) }

    func delete(_ numbers: ClosedRange<Int>) throws {
        try change(numbers.map { "dn: \(dn($0))\nchangetype: delete\n" }.joined(separator: "\n"))
    }

    func setMail(_ mail: String, of number: Int) throws {
        try change("dn: \(dn(number))\nchangetype: modify\nreplace: mail\nmail: \(mail)\n")
    }

    func setDisabled(_ disabled: Bool, _ number: Int) throws {
        try change("dn: \(dn(number))\nchangetype: modify\n\(kind.status(disabled: disabled))\n")
    }

    /// Out of the branch that is read, and not out of the directory.
    func moveAway(_ number: Int) throws {
        try change(
            """
            dn: \(dn(number))
            changetype: modrdn
            newrdn: \(kind.name(of: login(number)))
            deleteoldrdn: 1
            newsuperior: \(elsewhere)

            """)
    }

    /// By ldapmodify(1), as the server's administrator.
    private func change(_ ldif: String) throws {
        changes += 1
        let (input, output) = ("changes-\(changes)", "said-\(changes)")
        try folder.write(ldif, to: input)
        let child = try ChildProcess(
            .init(
                command: [
                    "/usr/bin/ldapmodify", "-x", "-H", url, "-D", credentials.name, "-w",
                    credentials.password,
                    "-f", folder.file(input),
                ], errors: folder.write("", to: output)))
        let status = try child.wait()
        guard status == 0 else {
            throw FixtureFailure("ldapmodify: \(status) \(try folder.text(of: output))")
        }
    }
}
