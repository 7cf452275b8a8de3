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

    /// FreeIPA has one branch for all, and one for those it preserves.
    private var people: String {
        (kind == .freeIPA ? "cn=users,cn=accounts," : "ou=people-\(tag),") + kind.suffix
    }
    private var elsewhere: String {
        (kind == .freeIPA ? "cn=deleted users,cn=accounts,cn=provisioning," : "ou=former-\(tag),")
            + kind.suffix
    }

    init(_ kind: ServerKind, people count: Int, reader: String? = nil) throws {
        self.kind = kind
        self.reader = reader ?? kind.reader
        folder = try TemporaryFolder()
        slapd = kind == .openldap ? try Slapd() : nil
        guard let url = slapd?.localURL ?? kind.url else { throw FixtureFailure("no \(kind.rawValue)") }
        self.url = url
        try folder.write(credentials.password, to: "password")
        try folder.write("Reader.Passw0rd.456", to: "reader")
        let branches = kind == .freeIPA ? [] : ["people-\(tag)", "former-\(tag)"]
        let made = branches.map { name in
            "dn: ou=\(name),\(kind.suffix)\nchangetype: add\nobjectClass: organizationalUnit\nou: \(name)\n"
        }
        try change((made + (1...count).map(entry)).joined(separator: "\n"))
    }

    private var credentials: (name: String, password: String) {
        switch kind {
        case .openldap: (Slapd.rootDN, Slapd.rootPassword)
        case .directoryServer389, .freeIPA: ("cn=Directory Manager", "Directory_Manager_1")
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
        if kind == .freeIPA { members += ["filter: (&(objectClass=posixAccount)(uid=\(tag)-*))"] }
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

    func dn(_ number: Int) -> String { "\(kind.name(of: login(number))),\(people)" }

    private func entry(_ number: Int) -> String { entry(number, dn: dn(number)) }

    func entry(_ number: Int, dn: String) -> String {
        let lines = kind.attributes(login(number)) + ["mail: \(login(number))@example.org"]
        return (["dn: \(dn)", "changetype: add"] + lines).joined(separator: "\n") + "\n"
    }

    func add(_ number: Int) throws { try change(entry(number)) }

    func delete(_ numbers: ClosedRange<Int>) throws {
        try change(numbers.map { "dn: \(dn($0))\nchangetype: delete\n" }.joined(separator: "\n"))
    }

    func modify(_ number: Int, _ lines: String) throws {
        try change("dn: \(dn(number))\nchangetype: modify\n\(lines)\n")
    }

    func setMail(_ mail: String, of number: Int) throws { try modify(number, "replace: mail\nmail: \(mail)") }

    func setDisabled(_ disabled: Bool, _ number: Int) throws {
        try modify(number, kind.status(disabled: disabled))
    }

    /// Out of the branch that is read, and not out of the directory.
    func moveAway(_ number: Int) throws { try move(number, from: people, to: elsewhere) }

    func moveBack(_ number: Int) throws { try move(number, from: elsewhere, to: people) }

    private func move(_ number: Int, from branch: String, to other: String) throws {
        let name = kind.name(of: login(number))
        try change(
            """
            dn: \(name),\(branch)
            changetype: modrdn
            newrdn: \(name)
            deleteoldrdn: 1
            newsuperior: \(other)

            """)
    }

    /// By ldapmodify(1), as the server's administrator.
    func change(_ ldif: String) throws {
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
