import Foundation
import Testing
import TokenCore

@testable import LDAPDirectory
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

    /// cn=config shown to the reader, as few servers do.
    private static let shown = ["database config", "access to * by dn.exact=\(Slapd.readerDN) read"]

    @Test("tells of a syncprov without a session log where cn=config can be read", arguments: [true, false])
    func sessionLog(isKept: Bool) async throws {
        var options = Slapd.Options()
        (options.global, options.sessionLog) = (Self.shown, isKept)
        let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
        let check = try #require(await slapd.source().examine().last)
        #expect(check.check == "changes" && check.ok)
        #expect((check.detail == "content sync") == isKept)
        #expect((check.advice?.contains("olcSpSessionlog: 10000") == true) == !isKept)
    }

    @Test("says nothing of a session log where cn=config cannot be read")
    func hiddenSessionLog() async throws {
        for global in [
            [], ["database config", "access to attrs=olcOverlay by * none", "access to * by * read"],
        ] {
            var options = Slapd.Options()
            (options.global, options.sessionLog) = (global, false)
            let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
            let check = try #require(await slapd.source().examine().last)
            #expect(check.detail == "content sync" && check.advice == nil)
        }
    }

    @Test("takes only the overlay of the people's own database for theirs")
    func sessionLogOf() {
        func entry(_ dn: String, _ values: [String: [String]]) -> Entry {
            Entry(dn: dn, attributes: values.mapValues { $0.map { Array($0.utf8) } })
        }
        let mine = entry("olcDatabase={1}mdb,cn=config", ["olcSuffix": ["DC=example, dc=org"]])
        let other = entry("olcDatabase={2}mdb,cn=config", ["olcSuffix": ["dc=other"]])
        func overlay(_ database: Int, _ values: [String: [String]] = [:]) -> Entry {
            entry(
                "olcOverlay={0}syncprov,olcDatabase={\(database)}mdb,cn=config",
                values.merging(["olcOverlay": ["{0}syncprov"]]) { $1 })
        }
        func isKept(_ entries: [Entry]) -> Bool? { SessionLog.isKept(for: "dc=example,dc=org", in: entries) }
        let log = ["olcSpSessionlog": ["1000"]]
        #expect(isKept([]) == nil && isKept([mine]) == nil && isKept([overlay(1, log)]) == nil)
        #expect(isKept([other, overlay(2, log), mine]) == nil)
        #expect(isKept([other, overlay(2, log), mine, overlay(1)]) == false)
        #expect(isKept([other, overlay(2), mine, overlay(1, log)]) == true)
        #expect(isKept([mine, overlay(1, ["olcSpSessionlog": ["0"]])]) == false)
        #expect(isKept([mine, overlay(1, ["olcSpSessionlogSource": ["cn=log"]])]) == true)
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
        let deaf = try Listener(isDeaf: true)
        #expect(await failed(slapd.source()).map(\.check) == ["id"])
        #expect(
            await failed(slapd.source { $0.bind = .simple(dn: Slapd.readerDN, passwordFile: wrong) }).map(
                \.check)
                == ["bind"])
        #expect(await failed(slapd.source { $0.base = "ou=none,\(Slapd.suffix)" }).map(\.check) == ["search"])
        #expect(await failed(slapd.source { $0.filter = "(uid=nobody)" }).map(\.check) == ["search"])
        #expect(await failed(slapd.source { $0.filter = "(uid=nobody" }).map(\.check) == ["configuration"])
        #expect(await failed(slapd.source("ldaps://127.0.0.1:\(deaf.port)")).map(\.check) == ["connect"])
        withExtendedLifetime(deaf) {}
        #expect(await failed(slapd.source(slapd.url)).map(\.check) == ["tls"])
    }

    @Test("names the file of this host that is wrong, and not the network")
    func localFiles() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        try slapd.write("", to: "empty.password")
        let (missing, empty) = (slapd.directory + "/none", slapd.directory + "/empty.password")
        for (source, file, word) in [
            (
                slapd.source { $0.bind = .simple(dn: Slapd.readerDN, passwordFile: missing) }, missing,
                "password"
            ),
            (slapd.source { $0.bind = .simple(dn: Slapd.readerDN, passwordFile: empty) }, empty, "password"),
            (slapd.source("ldaps://127.0.0.1:1") { $0.caFile = missing }, missing, "PEM"),
        ] {
            let checks = await failed(source)
            #expect(checks.map(\.check) == ["configuration"])
            #expect(checks.first?.detail.contains(file) == true)
            #expect(checks.first?.advice?.contains(word) == true)
            #expect(checks.first?.advice?.contains("firewall") == false)
        }
    }

    @Test("names the command that tells a wrong name from a wrong issuer")
    func tlsAdvice() async throws {
        var options = Slapd.Options()
        options.tls = true
        let slapd = try await Slapd.started(Slapd.crowd(1), options: options)
        let checks = await failed(slapd.source(slapd.misnamedURL) { $0.caFile = slapd.caFile })
        #expect(checks.map(\.check) == ["tls"])
        let command =
            "openssl s_client -connect 127.0.0.2:\(slapd.securePort) -CAfile \(slapd.caFile) "
            + "-verify_hostname 127.0.0.2 </dev/null"
        #expect(checks.first?.advice?.hasSuffix(command) == true, "\(checks)")
    }

    @Test("names the server's own setting where ids cannot be read")
    func unreadableID() async throws {
        var options = Slapd.Options()
        options.database = [
            "access to attrs=userPassword by anonymous auth by * none",
            "access to attrs=entryUUID by * none", "access to * by * read",
        ]
        let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
        let checks = await failed(slapd.source())
        #expect(checks.map(\.check) == ["limits", "id"])
        let advice = checks.last?.advice ?? ""
        #expect(advice.contains("olcAccess: to dn.subtree=\"\(Slapd.suffix)\" attrs=entryUUID"), "\(advice)")
    }

    @Test("finds that nobody could be found to have left, and what to do")
    func references() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(3) + Slapd.referral)
        let checks = await failed(slapd.source())
        #expect(checks.map(\.check) == ["id"])
        #expect(checks.first?.detail.contains("refers to another server") == true)
        let advice = checks.first?.advice ?? ""
        #expect(advice.contains("(objectClass=referral)"), "\(advice)")
        // What is hidden is vouched for.
        #expect(
            advice.contains("olcAccess: to dn.base=\"DN\" by dn.exact=\"\(Slapd.readerDN)\" none by * break"))
        try slapd.restart(database: [
            "access to dn.base=\"ou=elsewhere,\(Slapd.suffix)\" "
                + "by dn.exact=\"\(Slapd.readerDN)\" none by * break",
            "access to attrs=userPassword by anonymous auth by * none", "access to * by * read",
        ])
        #expect(await failed(slapd.source()).isEmpty)
    }

    @Test("looks for somebody who is nowhere", arguments: ["entryUUID", "employeeNumber"])
    func nobody(id: String) async throws {
        let slapd = try await Slapd.started(Slapd.person("a", more: ["employeeNumber: 7"]))
        #expect(await failed(slapd.source { $0.attributes.id = id }).isEmpty)
        for attribute in ["entryUUID", "objectGUID", "nsUniqueId", "employeeNumber"] {
            let id = StableID(attribute: attribute)
            #expect(id.assertion(id.ofNobody) != nil)
        }
    }

    @Test("advises a bind by hand that does what the agent's does")
    func bindByHand() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        try slapd.write("wrong", to: "by hand.password")
        let file = slapd.directory + "/by hand.password"
        let source = slapd.source(slapd.url) {
            $0.bind = .simple(dn: Slapd.readerDN, passwordFile: file)
            $0.allowCleartext = true
        }
        let advice = try #require(await failed(source).first { $0.check == "bind" }?.advice)
        let command = try #require(advice.range(of: "ldapwhoami").map { String(advice[$0.lowerBound...]) })
        // As editors leave it.
        try slapd.write(Slapd.readerPassword + "\n", to: "by hand.password")
        let shell = try await ChildProcess.run(
            ["/bin/bash", "-c", command], log: slapd.directory + "/whoami.log")
        #expect(shell.status == 0 && shell.output.contains(Slapd.readerDN), "\(command): \(shell.output)")
        let external = slapd.source { $0.bind = .external(certFile: nil, keyFile: nil) }
        let other = external.bindAdvice(slapd.localURL)
        #expect(other.contains("-Y EXTERNAL") && !other.contains("password"), "\(other)")
    }

    @Test("finds that this reader may not page, and names the limit")
    func forbiddenPaging() async throws {
        var options = Slapd.Options()
        options.database = ["limits dn.exact=\"\(Slapd.readerDN)\" size.prtotal=disabled"]
        let slapd = try await Slapd.started(Slapd.crowd(10), options: options)
        let checks = await failed(slapd.source())
        #expect(checks.map(\.check) == ["limits", "paging"])
        #expect(checks.last?.advice?.contains("size.prtotal=unlimited") == true)
    }

    @Test("finds pages that are promised and not honoured", arguments: [true, false])
    func brokenPromise(hasCookie: Bool) async throws {
        var script = ScriptedPeer.Script()
        script.search = { search in
            let people: [ScriptedPeer.Step] = [.person(1), .person(2)]
            guard search.cookie != nil, hasCookie else { return people + [.result(0)] }
            return people + [.page("")]
        }
        let peer = try ScriptedPeer(script)
        let check = try #require(await failed(peer.source()).first { $0.check == "paging" })
        #expect(check.detail.contains(hasCookie ? "one of 1 person came with 2" : "without a cookie"))
        #expect(check.advice?.contains("page") == true)
    }

    @Test("names each attribute of the status that is visible, and each that is not")
    func status() async throws {
        let slapd = try await Slapd.started(
            Slapd.crowd(3)
                + Slapd.person("x", classes: ["shadowAccount"], more: ["shadowExpire: 30000"]))
        let check = try #require(await slapd.source().examine().first { $0.check == "status" })
        #expect(check.ok)
        #expect(check.detail.hasPrefix("visible: shadowExpire; "))
        #expect(check.detail.contains("nsAccountLock"))
        #expect(check.detail.hasSuffix("not visible on any entry of 4"))
        let configured = slapd.source { $0.disabled = .attribute(name: "employeeType", value: "left") }
        let found = try #require(await failed(configured).first)
        #expect(found.check == "status")
        #expect(found.advice?.contains("attrs=employeeType") == true)
    }

    @Test("gives each kind of server's own settings")
    func advice() {
        var settings = LDAPSettings(name: "a", urls: ["ldap://x"], base: "dc=org", filter: "(uid=*)")
        settings.bind = .simple(dn: "cn=reader", passwordFile: "/a")
        func advice(
            _ vendor: String?, isActiveDirectory: Bool = false, isFreeIPA: Bool = false
        ) -> ServerAdvice {
            var profile = ServerProfile()
            (profile.vendor, profile.isActiveDirectory) = (vendor, isActiveDirectory)
            profile.isFreeIPA = isFreeIPA
            return ServerAdvice(profile, settings)
        }
        let (openLDAP, ds389) = (advice("OpenLDAP"), advice("389 Project"))
        let domain = advice("Samba", isActiveDirectory: true)
        #expect(openLDAP.limits.contains("olcLimits: dn.exact=\"cn=reader\" size=unlimited"))
        #expect(ds389.limits.contains("nsPagedSizeLimit") && ds389.paging.contains("cn=features,cn=config"))
        #expect(domain.limits.contains("MaxPageSize") && domain.paging.contains("MaxPageSize"))
        #expect(ds389.rights(to: "nsAccountLock").contains("(targetattr = \"nsAccountLock\")"))
        #expect(ds389.rights(to: "x").contains("userdn = \"ldap:///cn=reader\""))
        #expect(domain.rights(to: "userAccountControl").hasPrefix("dsacls"))
        #expect(openLDAP.deletions.contains("syncprov-sessionlog"))
        #expect(ds389.deletions.contains("Content Synchronization"))
        #expect(domain.deletions.contains("CN=Deleted Objects,dc=org"))
        let freeIPA = advice("389 Project", isFreeIPA: true)
        #expect(freeIPA.rights(to: "mail").contains("ipa permission-add tokenagent --type=user"))
        #expect(freeIPA.limits == ds389.limits && freeIPA.deletions.contains("sync.full_interval"))
        #expect(
            [openLDAP, ds389, domain, freeIPA].map(\.id) == [
                "entryUUID", "nsUniqueId", "objectGUID", "ipaUniqueID",
            ])
    }
}
