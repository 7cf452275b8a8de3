import Foundation
import LDAPDirectory
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

@Suite("an LDIF file")
struct LDIFParserTests {
    private func parse(_ text: String) throws -> [Entry] { try LDIFParser.parse(Array(text.utf8)) }

    @Test("is read with its folds, comments, base64 and line ends")
    func reads() throws {
        let entries = try parse(
            "version: 1\r\n# a comment\r\n  that goes on\r\ndn: cn=a,\r\n  dc=org\r\ncn: a\r\n"
                + "CN;lang-de:: w7w=\r\n"
                + "description:\r\nsn:  b\r\n\r\n\r\ndn:: Y249w7wsZGM9b3Jn\r\ncn:: AAE=\r\n")
        #expect(entries.map(\.dn) == ["cn=a, dc=org", "cn=ü,dc=org"])
        #expect(entries[0].values("cn") == [Array("a".utf8)])
        #expect(entries[0].text("cn;lang-de") == "ü")
        #expect(entries[0].values("description") == [[]])
        #expect(entries[0].text("sn") == "b")
        #expect(entries[1].values("cn") == [[0, 1]])
    }

    @Test(
        "that is not one is refused at the line where it ends to be",
        arguments: [
            ("dn: cn=a\ncn: a", 2), ("dn: cn=a\ncn a\n", 2), ("dn: cn=a\ncn:: a?\n", 2), (" dn: cn=a\n", 1),
            ("dn: cn=a\n\n", 1), ("cn: a\n", 1), ("dn: cn=a\nchangetype: delete\n", 2),
            ("dn: cn=a\ncn: a\n\ndn: CN=A\ncn: a\n", 4), ("dn: cn=a\ncn: a\ndn: cn=b\n", 3),
            ("dn: people\ncn: a\n", 1), ("version: 2\n", 1),
            ("dn: cn=a\njpegPhoto:< file:///etc/passwd\n", 2),
            ("dn: cn=a\ncn: a\n\n# c\n\ndn: cn=b\n: b\n", 7),
        ])
    func refuses(_ text: String, _ line: Int) {
        do {
            _ = try LDIFParser.parse(Array(text.utf8))
            Issue.record("it was read")
        } catch {
            #expect(error.line == line, "\(error)")
        }
    }

    @Test("that is missing, empty, cut off or without anybody is an error, never an empty directory")
    func neverEmpty() async throws {
        let whole = Slapd.skeleton + People.ldif
        for text in ["", "\n", "version: 1\n", "# nobody\n", String(whole.dropLast(2)), Slapd.skeleton] {
            let file = try LDIFFile(text)
            let error = await failure { () async throws(DirectoryError) in
                try await file.source().connect().enumerate { _ in }
            }
            guard case .incomplete = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        let missing = LDIFSource(
            LDIFSettings(name: "x", path: "/none", filter: "(uid=*)"), now: { testMoment })
        let error = await failure { () async throws(DirectoryError) in try await missing.connect() }
        guard case .misconfigured = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(await missing.examine().map(\.ok) == [false])
    }

    @Test("is no pipe that would be waited for")
    func pipe() async throws {
        let file = try LDIFFile("")
        unlink(file.path)
        #expect(mkfifo(file.path, 0o600) == 0)
        let source = file.source()
        let error = await failure { () async throws(DirectoryError) in try await source.connect() }
        #expect(error?.description.contains("is no regular file") == true)
        #expect(await source.examine().map(\.ok) == [false])
    }

    @Test(
        "is waited for no longer than it may be, nor by who is cancelled; and only so many threads are left")
    func hanging() async throws {
        let hang = DispatchSemaphore(value: 0)
        defer { for _ in 0..<FileReader<[UInt8]>.threadsMax { hang.signal() } }
        let reader = FileReader<[UInt8]>(path: "/hanging") {
            hang.wait()
            return .success([])
        }
        let late = await failure { () async throws(DirectoryError) in
            _ = try await reader.read(within: .milliseconds(10))
        }
        #expect(late == .timedOut(server: "/hanging", phase: "reading the file"))
        let task = Task {
            await failure { () async throws(DirectoryError) in
                _ = try await reader.read(within: .seconds(3600))
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        for _ in 2..<FileReader<[UInt8]>.threadsMax {
            _ = await failure { () async throws(DirectoryError) in _ = try await reader.read(within: .zero) }
        }
        let full = await failure { () async throws(DirectoryError) in
            _ = try await reader.read(within: .seconds(3600))
        }
        #expect(full?.description.contains("have not ended yet") == true)
    }

    @Test("with a name longer than any is not read")
    func longName() throws {
        func people(_ octets: Int) -> [UInt8] {
            let name = "cn=" + String(repeating: "x", count: octets - 3)
            return Array("dn: \(name)\nuid: x\n\n".utf8)
        }
        let most = LabelLimits.dnOctetsMax
        #expect(try LDIFParser.parse(people(most)).count == 1)
        #expect(throws: LDIFParser.Failure.self) { try LDIFParser.parse(people(most + 1)) }
    }

    @Test("cut off anywhere never reads as a whole one with other people")
    func cutAnywhere() throws {
        let text = Array(
            (Slapd.person("a", uuid: Slapd.uuid(1)) + Slapd.person("b", uuid: Slapd.uuid(2))).utf8)
        for length in 0..<text.count where text[..<length].last != UInt8(ascii: "\n") && length > 0 {
            #expect(throws: LDIFParser.Failure.self) { try LDIFParser.parse(Array(text[..<length])) }
        }
    }

    @Test("keeps passwords out of sight")
    func passwords() async throws {
        let file = try LDIFFile(
            Slapd.person(
                "a", uuid: Slapd.uuid(1), more: ["userPassword: {ssha}c2VjcmV0", "userPassword: plain"]))
        let session = try #require(try await file.source().connect() as? LDIFSession)
        let passwords = try await session.passwords(of: Slapd.uuid(1))
        #expect(passwords.map(\.scheme) == ["SSHA", nil])
        #expect(passwords.map(\.octets) == [Array("c2VjcmV0".utf8), Array("plain".utf8)])
        var dumped = ""
        dump(passwords, to: &dumped)
        for shown in ["\(passwords)", String(reflecting: passwords), dumped] {
            #expect(!shown.contains("c2VjcmV0") && !shown.contains("112"), "\(shown)")
        }
    }
}
