import Foundation
import Glibc

/// A real OpenLDAP server, started by the test that needs it and gone with it.
///
/// Depends on nothing but Foundation, so that other test targets can take this file as it is.
final class Slapd: @unchecked Sendable {
    static let suffix = "dc=example,dc=org"
    static let people = "ou=people,dc=example,dc=org"
    static let rootDN = "cn=root,dc=example,dc=org"
    static let rootPassword = "root secret"
    static let readerDN = "cn=reader,dc=example,dc=org"
    static let readerPassword = "reader secret"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What a test may want otherwise. `limits` and `access` are lines of slapd.conf(5).
    struct Options: Sendable {
        /// `sizelimit`: slapd's own default is 500.
        var sizeLimit = "unlimited"
        var global: [String] = []
        /// Of the database, such as `access to * by * read` or `limits …`.
        var database: [String] = []
        var tls = false
        /// How long the server's certificate is good for; less than nothing for one that has expired.
        var certificateDays = 2
        /// Loads syncprov, and lets the database tell changes (slapo-syncprov(5)).
        var tellsChanges = true
        /// Remembers what was deleted, as syncprov does not by itself.
        var sessionLog = true
        /// The folder of a server that does not run, whose database is taken over as it is.
        var copying: String?
    }

    let directory: String
    private(set) var port: UInt16
    private(set) var securePort: UInt16
    let options: Options
    private var process: ChildProcess?

    var url: String { "ldap://127.0.0.1:\(port)" }
    var secureURL: String { "ldaps://127.0.0.1:\(securePort)" }
    /// The same server under an address that its certificate does not have.
    var misnamedURL: String { "ldaps://127.0.0.2:\(securePort)" }
    var localURL: String { "ldapi://" + socketPath.replacingOccurrences(of: "/", with: "%2F") }
    var caFile: String { directory + "/ca.pem" }
    /// With `tls`: the reader's certificate and its key.
    var clientCertificate: (file: String, key: String) {
        (directory + "/client.pem", directory + "/client.key")
    }
    var readerPasswordFile: String { directory + "/reader.password" }
    private var socketPath: String { directory + "/ldapi" }

    /// Starts a server that holds the suffix, `ou=people`, the reader, and `ldif`.
    init(_ ldif: String = "", options: Options = Options()) throws {
        self.options = options
        directory = try Self.makeDirectory()
        port = try Self.freePort()
        securePort = try Self.freePort()
        // A failure from here on ends in `deinit`, which tidies up.
        try write("", to: "db/.keep")
        try write(Self.readerPassword + "\n", to: "reader.password")
        if options.tls { try makeCertificates() }
        try write(configuration, to: "slapd.conf")
        try fill(with: ldif)
        try startOnFreePorts()
    }

    private func fill(with ldif: String) throws {
        if let other = options.copying {
            try Self.run(["/usr/bin/cp", "-a", other + "/db/.", directory + "/db"])
            return try ownEverything()
        }
        try write(Self.skeleton + ldif, to: "seed.ldif")
        try ownEverything()
        try Self.run(
            unprivileged(
                "/usr/sbin/slapadd", "-q", "-f", directory + "/slapd.conf", "-l", directory + "/seed.ldif"))
    }

    /// A port that was free may be somebody else's by now: then on others.
    private func startOnFreePorts() throws {
        for _ in 1..<5 {
            do { return try start() } catch is Failure {
                port = try Self.freePort()
                securePort = try Self.freePort()
            }
        }
        try start()
    }

    deinit {
        kill()
        remove()
    }

    /// As `init`, on a thread that may wait: the ones that tests run on are few.
    static func started(_ ldif: String = "", options: Options = Options()) async throws -> Slapd {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Slapd(ldif, options: options) })
            }
        }
    }

    func start() throws {
        let urls = [localURL, url] + (options.tls ? [secureURL, misnamedURL] : [])
        process = try Self.launch(
            unprivileged(
                "/usr/sbin/slapd", "-d", "0", "-f", directory + "/slapd.conf", "-h",
                urls.joined(separator: " ")),
            log: directory + "/slapd.log")
        try awaitAnswer()
    }

    /// Ends it in an orderly way.
    func stop() { end(SIGTERM) }

    /// Ends it as a power failure would.
    func kill() { end(SIGKILL) }

    private func end(_ signal: Int32) {
        guard let process else { return }
        process.end(signal)
        self.process = nil
    }

    /// Stops it from answering, with its connections open; `resume` lets it go on.
    func pause() { process?.pause() }
    func resume() { process?.resume() }

    /// Takes other settings; the data stays.
    func restart(database: [String]) throws {
        stop()
        var changed = options
        changed.database = database
        try write(configuration(changed), to: "slapd.conf")
        try ownEverything()
        try start()
    }

    /// Copies the database, as a backup at night would.
    func backUp() throws {
        stop()
        try Self.run(["/usr/bin/cp", "-a", directory + "/db", directory + "/backup"])
        try start()
    }

    /// Puts the copy back: what was written since never happened.
    func restore() throws {
        stop()
        try Self.run(["/usr/bin/rm", "-r", directory + "/db"])
        try Self.run(["/usr/bin/cp", "-a", directory + "/backup", directory + "/db"])
        try start()
    }

    /// Runs ldapmodify(1) as the root DN: `ldif` is a list of changes, or of entries with `adding`.
    func modify(_ ldif: String, adding: Bool = false) throws {
        try write(ldif, to: "changes.ldif")
        try Self.run(
            ["/usr/bin/ldapmodify", "-x", "-H", localURL, "-D", Self.rootDN, "-w", Self.rootPassword]
                + (adding ? ["-a"] : []) + ["-f", directory + "/changes.ldif"])
    }

    func add(_ ldif: String) throws { try modify(ldif, adding: true) }

    func delete(_ dn: String) throws { try modify("dn: \(dn)\nchangetype: delete\n") }

    func rename(_ dn: String, to rdn: String, under parent: String? = nil) throws {
        let move = parent.map { "newsuperior: \($0)\n" } ?? ""
        try modify("dn: \(dn)\nchangetype: modrdn\nnewrdn: \(rdn)\ndeleteoldrdn: 1\n\(move)")
    }

    /// An `inetOrgPerson` under `ou=people`.
    static func person(
        _ uid: String, uuid: String? = nil, classes: [String] = [], more: [String] = []
    ) -> String {
        var lines = ["dn: uid=\(uid),\(people)"]
        lines += (["inetOrgPerson"] + classes).map { "objectClass: \($0)" }
        lines += [
            "uid: \(uid)", "cn: \(uid)", "sn: \(uid)",
            "mail: \(uid)@example.org",
        ]
        if let uuid { lines.append("entryUUID: \(uuid)") }
        return (lines + more).joined(separator: "\n") + "\n\n"
    }
}

extension Slapd {
    /// What every server starts with. An LDIF file of the same people starts with it, too.
    static let skeleton = """
        dn: \(suffix)
        objectClass: dcObject
        objectClass: organization
        dc: example
        o: Example

        dn: \(people)
        objectClass: organizationalUnit
        ou: people

        dn: ou=former,\(suffix)
        objectClass: organizationalUnit
        ou: former

        dn: \(readerDN)
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: reader
        userPassword: \(readerPassword)


        """

    private var configuration: String { configuration(options) }

    private func configuration(_ options: Options) -> String {
        let tls = [
            "TLSCACertificateFile \(caFile)", "TLSCertificateFile \(directory)/server.pem",
            "TLSCertificateKeyFile \(directory)/server.key",
        ]
        let lines =
            ["core", "cosine", "inetorgperson", "nis"].map { "include /etc/ldap/schema/\($0).schema" }
            + ["pidfile \(directory)/slapd.pid", "modulepath /usr/lib/ldap", "moduleload back_mdb"]
            + (options.tellsChanges ? ["moduleload syncprov"] : []) + ["sizelimit \(options.sizeLimit)"]
            + (options.tls ? tls : []) + options.global
            + ["database mdb", "suffix \"\(Self.suffix)\"", "rootdn \"\(Self.rootDN)\""]
            + [
                "rootpw \"\(Self.rootPassword)\"", "directory \(directory)/db", "maxsize 268435456",
                "dbnosync",
            ]
            + ["index objectClass,entryUUID,entryCSN eq", "index uid,mail eq"]
            + options.database
            + (options.tellsChanges ? ["overlay syncprov"] : [])
            + (options.tellsChanges && options.sessionLog ? ["syncprov-sessionlog 1000"] : [])
        return lines.joined(separator: "\n") + "\n"
    }

    private func makeCertificates() throws {
        try Self.run([
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days", "2", "-subj", "/CN=Test CA", "-keyout", directory + "/ca.key", "-out", caFile,
        ])
        try issue(
            "server", to: "/CN=localhost", days: options.certificateDays,
            extensions: "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        // slapd reads a subject from its end: this one is the reader's name.
        try issue("client", to: "/DC=org/DC=example/CN=reader", days: 2, extensions: "")
    }

    /// `NAME.key`, and `NAME.pem` that our authority has signed.
    private func issue(_ name: String, to subject: String, days: Int, extensions: String) throws {
        let path = { (suffix: String) in "\(self.directory)/\(name).\(suffix)" }
        try write(extensions, to: "\(name).ext")
        try Self.run([
            "/usr/bin/openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", subject, "-keyout", path("key"), "-out", path("csr"),
        ])
        try Self.run([
            "/usr/bin/openssl", "x509", "-req", "-in", path("csr"), "-CA", caFile, "-CAkey",
            directory + "/ca.key", "-CAcreateserial", "-days", String(days), "-extfile", path("ext"), "-out",
            path("pem"),
        ])
    }

    private func awaitAnswer() throws {
        let deadline = ContinuousClock.now + .patient
        let question = ["/usr/bin/ldapsearch", "-x", "-H", localURL, "-s", "base", "-b", "", "1.1"]
        while ContinuousClock.now < deadline {
            guard process?.isRunning == true else { break }
            do { return try Self.run(question) } catch is Failure { usleep(20_000) }
        }
        throw Failure(description: "slapd does not answer: " + log)
    }

    var log: String { (try? String(contentsOfFile: directory + "/slapd.log", encoding: .utf8)) ?? "" }

    // MARK: files and processes

    /// Short, because a socket's path has at most 107 octets.
    private static func makeDirectory() throws -> String {
        var template = Array("/tmp/slapd.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func remove() {
        do { try FileManager.default.removeItem(atPath: directory) } catch {
            FileHandle.standardError.write(Data("cannot remove \(directory): \(error)\n".utf8))
        }
    }

    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: directory + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private static var isRoot: Bool { geteuid() == 0 }

    private func ownEverything() throws {
        guard Self.isRoot else { return }
        try Self.run(["/usr/bin/chown", "-R", "nobody:nogroup", directory])
    }

    private func unprivileged(_ command: String...) -> [String] {
        guard Self.isRoot else { return command }
        return ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + command
    }

    private static func launch(_ command: [String], log: String) throws -> ChildProcess {
        do { return try ChildProcess(.init(command: command, output: log, errors: log)) } catch {
            throw Failure(description: "\(error)")
        }
    }

    private static func run(_ command: [String]) throws {
        let log = "/tmp/slapd.\(UUID().uuidString).log"
        let status = try launch(command, log: log).wait(within: .seconds(300))
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        unlink(log)
        guard status == 0 else {
            throw Failure(description: "\(command.joined(separator: " ")): \(status) \(said)")
        }
    }

    /// One that nobody has right now.
    private static func freePort() throws -> UInt16 { try Listener().port }
}
