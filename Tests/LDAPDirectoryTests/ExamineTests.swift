import LDAPDirectory
import Testing
import TokenCore

@testable import RealServers

@Suite("examining a directory")
struct ExamineTests {
    private func failed(_ source: LDAPSource) async -> [DirectoryCheck] {
        await source.examine().filter { !$0.ok }
    }

    @Test("finds nothing wrong with a good one, and looks at everything")
    func good() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(30))
        let checks = await slapd.source().examine()
        #expect(
            checks.map(\.check) == [
                "connect", "tls", "bind", "search", "limits", "paging", "id", "status", "changes",
            ])
        #expect(checks.filter { !$0.ok }.isEmpty)
        #expect(checks.dropLast().last?.detail.contains("not visible on any entry") == true)
        #expect(checks.last?.detail == "content sync")
    }

    @Test("names the server's own setting for a limit")
    func limits() async throws {
        var options = Slapd.Options()
        options.sizeLimit = "500"
        let slapd = try await Slapd.started(Slapd.crowd(600), options: options)
        let checks = await failed(slapd.source())
        #expect(checks.map(\.check) == ["limits"])
        #expect(
            checks.first?.advice?.contains("limits dn.exact=\"\(Slapd.readerDN)\" size=unlimited") == true)
    }

    @Test("says what is wrong with bind, base, filter, rights and transport")
    func wrong() async throws {
        var options = Slapd.Options()
        options.database = [
            "access to attrs=userPassword by anonymous auth by * none",
            "access to attrs=entryUUID by * =r", "access to * by * read",
        ]
        let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
        try slapd.write("wrong", to: "wrong.password")
        let wrong = slapd.directory + "/wrong.password"
        let closed = try Listener().port
        #expect(await failed(slapd.source()).map(\.check) == ["id"])
        #expect(
            await failed(slapd.source { $0.bind = .simple(dn: Slapd.readerDN, passwordFile: wrong) }).map(
                \.check)
                == ["bind"])
        #expect(await failed(slapd.source { $0.base = "ou=none,\(Slapd.suffix)" }).map(\.check) == ["search"])
        #expect(await failed(slapd.source { $0.filter = "(uid=nobody)" }).map(\.check) == ["search"])
        #expect(await failed(slapd.source { $0.filter = "(uid=nobody" }).map(\.check) == ["configuration"])
        #expect(await failed(slapd.source("ldaps://127.0.0.1:\(closed)")).map(\.check) == ["connect"])
        #expect(await failed(slapd.source(slapd.url)).map(\.check) == ["tls"])
    }
}
