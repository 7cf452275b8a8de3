import Foundation
import LDAPDirectory
import Synchronization
import Testing
import TokenCore

@testable import RealServers

@Suite("connecting")
struct ConnectionTests {
    private func failed(_ source: LDAPSource) async -> DirectoryError? {
        await failure { () async throws(DirectoryError) in try await source.connect() }
    }

    private func secureServer(certificateDays: Int = 2) async throws -> Slapd {
        var options = Slapd.Options()
        options.tls = true
        options.certificateDays = certificateDays
        return try await Slapd.started(Slapd.crowd(5), options: options)
    }

    @Test("StartTLS and ldaps work with the issuer's certificate, and read everybody")
    func secure() async throws {
        let slapd = try await secureServer()
        for (url, startTLS) in [(slapd.url, true), (slapd.secureURL, false)] {
            let source = slapd.source(url) {
                $0.startTLS = startTLS
                $0.caFile = slapd.caFile
            }
            let session = try await source.connect()
            #expect(session.server == url)
            #expect(try await session.enumerate { _ in }.people == 5)
            await session.close()
        }
    }

    @Test("without the issuer's certificate it fails, and never goes on in the clear")
    func unknownIssuer() async throws {
        let slapd = try await secureServer()
        for (url, startTLS) in [(slapd.url, true), (slapd.secureURL, false)] {
            let source = slapd.source(url) {
                $0.startTLS = startTLS
                $0.allowCleartext = true
            }
            guard case .insecure(let server, _) = await failed(source) else {
                Issue.record("\(url)")
                continue
            }
            #expect(server == url)
        }
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let slapd = try await secureServer()
        guard case .insecure = await failed(slapd.source(slapd.misnamedURL) { $0.caFile = slapd.caFile })
        else {
            Issue.record("a wrong name was accepted")
            return
        }
    }

    @Test("a certificate that has expired is refused")
    func expired() async throws {
        let slapd = try await secureServer(certificateDays: -1)
        for (url, startTLS) in [(slapd.url, true), (slapd.secureURL, false)] {
            let source = slapd.source(url) {
                $0.startTLS = startTLS
                $0.caFile = slapd.caFile
            }
            guard case .insecure = await failed(source) else {
                Issue.record("it was accepted")
                continue
            }
            let error = await failure { () async throws(DirectoryError) in
                try await source.authenticate("p1", Password("x"))
            }
            guard case .insecure = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("StartTLS on a server that has none is refused")
    func noTLS() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        guard case .insecure = await failed(slapd.source(slapd.url) { $0.startTLS = true }) else {
            Issue.record("a connection in the clear was accepted")
            return
        }
    }

    @Test(
        "StartTLS that is refused or falls silent is the end: nothing is said in the clear",
        arguments: [nil, 0, 2, 52])
    func brokenStartTLS(_ code: Int?) async throws {
        let said = Mutex(0)
        var script = ScriptedPeer.Script()
        script.extended = code
        script.bind = { _ in
            said.withLock { $0 += 1 }
            return (0, "")
        }
        let peer = try ScriptedPeer(script)
        let source = peer.source {
            $0.startTLS = true
            $0.timing.connect = code ?? 0 == 0 ? .seconds(1) : .seconds(60)
        }
        switch await failed(source) {
        case .timedOut: #expect(code == nil || code == 0)
        case .insecure: #expect(code == 2 || code == 52)
        case let error: Issue.record("\(String(describing: error))")
        }
        #expect(said.withLock { $0 } == 0)
    }

    @Test("a password never travels over plain TCP, unless that was allowed")
    func cleartext() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        guard case .insecure = await failed(slapd.source(slapd.url)) else {
            Issue.record("the password was sent")
            return
        }
        let session = try await slapd.source(slapd.url) { $0.allowCleartext = true }.connect()
        #expect(try await session.enumerate { _ in }.people == 1)
    }

    @Test("nobody binds with an empty password or an empty name")
    func emptyCredentials() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        try slapd.write("\n", to: "empty.password")
        let empty = slapd.directory + "/empty.password"
        let binds: [LDAPSettings.Bind] = [
            .simple(dn: Slapd.readerDN, passwordFile: empty),
            .simple(dn: "", passwordFile: slapd.readerPasswordFile),
            .simple(dn: " ", passwordFile: slapd.readerPasswordFile),
            .simple(dn: Slapd.readerDN, passwordFile: slapd.directory + "/none"),
        ]
        for bind in binds {
            guard case .misconfigured = await failed(slapd.source { $0.bind = bind }) else {
                Issue.record("\(bind) was sent")
                continue
            }
        }
    }

    @Test("a pipe in the place of the password file is waited for by nobody")
    func pipe() async throws {
        let peer = try ScriptedPeer(.init())
        let path = "/tmp/secret.\(UUID().uuidString)"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let source = peer.source {
            $0.name = "pipe"
            $0.timing.connect = .seconds(5)
            $0.bind = .simple(dn: Slapd.readerDN, passwordFile: path)
        }
        for _ in 0..<3 {
            let error = await failed(source)
            #expect(
                error == .misconfigured(detail: "bind_password_file \(path) is no regular file"))
        }
        #expect(threadCount(named: "ldap pipe") == 0)
    }

    @Test("a wrong password is the server's refusal, with its code")
    func wrongPassword() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        try slapd.write("wrong\n", to: "wrong.password")
        let source = slapd.source {
            $0.urls = [slapd.localURL, slapd.localURL]
            $0.bind = .simple(dn: Slapd.readerDN, passwordFile: slapd.directory + "/wrong.password")
        }
        guard case .bindRefused(_, 49, _) = await failed(source) else {
            Issue.record("a wrong password was accepted")
            return
        }
    }

    @Test("over a local socket the kernel's word is enough")
    func external() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(2))
        let session = try await slapd.source { $0.bind = .external(certFile: nil, keyFile: nil) }.connect()
        #expect(try await session.enumerate { _ in }.people == 2)
        guard
            case .misconfigured = await failed(
                slapd.source(slapd.url) { $0.bind = .external(certFile: nil, keyFile: nil) })
        else {
            Issue.record("EXTERNAL over plain TCP")
            return
        }
    }

    @Test("over TLS a certificate is enough, and without it nothing is read", arguments: [true, false])
    func clientCertificate(startTLS: Bool) async throws {
        var options = Slapd.Options()
        options.tls = true
        options.global = ["TLSVerifyClient try"]
        options.database = [
            "access to * by dn.exact=\"\(Slapd.readerDN)\" read by anonymous auth by * none"
        ]
        let slapd = try await Slapd.started(Slapd.crowd(5), options: options)
        let (certFile, keyFile) = slapd.clientCertificate
        let url = startTLS ? slapd.url : slapd.secureURL
        let source = slapd.source(url) {
            $0.startTLS = startTLS
            $0.caFile = slapd.caFile
            $0.bind = .external(certFile: certFile, keyFile: keyFile)
        }
        let session = try await source.connect()
        #expect(try await session.enumerate { _ in }.people == 5)
        await session.close()
        let anonymous = slapd.source(url) {
            $0.startTLS = startTLS
            $0.caFile = slapd.caFile
            $0.bind = .anonymous
        }
        let unknown = try await anonymous.connect()
        let refusal = await failure { () async throws(DirectoryError) in try await unknown.enumerate { _ in }
        }
        #expect(refusal != nil)
        await unknown.close()
    }

    @Test("nobody in particular may read, too")
    func anonymous() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(2))
        let session = try await slapd.source(slapd.url) { $0.bind = .anonymous }.connect()
        #expect(try await session.enumerate { _ in }.people == 2)
    }

    @Test("the servers are tried in order, and the first that answers is kept")
    func order() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(2))
        let deaf = try Listener(isDeaf: true)
        let session = try await slapd.source {
            $0.urls = ["ldap://127.0.0.1:\(deaf.port)", slapd.localURL]
            $0.allowCleartext = true
        }.connect()
        #expect(session.server == slapd.localURL)
        withExtendedLifetime(deaf) {}
    }

    @Test("a server that failed lately is asked last")
    func backoff() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(2))
        let asked = Mutex(0)
        var script = ScriptedPeer.Script()
        script.bind = { _ in
            asked.withLock { $0 += 1 }
            return (51, "busy")
        }
        let peer = try ScriptedPeer(script)
        let source = slapd.source {
            $0.urls = [peer.url, slapd.localURL]
            $0.allowCleartext = true
        }
        for _ in 1...3 { #expect(try await source.connect().server == slapd.localURL) }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("a server that is not there is unreachable")
    func unreachable() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        let deaf = try Listener(isDeaf: true)
        let address = "127.0.0.1:\(deaf.port)"
        for url in ["ldap://\(address)", "ldaps://\(address)", "ldapi://%2Ftmp%2Fnone"] {
            guard case .unreachable = await failed(slapd.source(url) { $0.allowCleartext = true }) else {
                Issue.record("\(url)")
                continue
            }
        }
        withExtendedLifetime(deaf) {}
    }

    @Test("a peer that says nothing is given up at the deadline", arguments: ["ldaps", "ldap"])
    func silentPeer(_ scheme: String) async throws {
        let silent = try Listener()
        let slapd = try await Slapd.started(Slapd.crowd(1))
        let source = slapd.source("\(scheme)://127.0.0.1:\(silent.port)") {
            $0.allowCleartext = true
            $0.timing.connect = .seconds(1)
        }
        let began = ContinuousClock.now
        let error = await failed(source)
        let took = began.duration(to: .now)
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // All other limits are a minute.
        #expect(took >= .seconds(1) && took < .seconds(30))
        withExtendedLifetime(silent) {}
    }

    /// libldap alone spins for as long as the peer is silent.
    @Test("a peer that says nothing costs no processor time")
    func idleWhileSilent() async throws {
        let silent = try Listener()
        let slapd = try await Slapd.started(Slapd.crowd(1))
        let source = slapd.source("ldaps://127.0.0.1:\(silent.port)") {
            $0.name = "silent"
            $0.timing.connect = .seconds(1)
        }
        var ticks: Int?
        // A watch that got no look at the thread in its second looks once more.
        while ticks == nil {
            let watch = ProcessorWatch(thread: "ldap silent")
            let error = await failed(source)
            guard case .timedOut = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            ticks = watch.end()
        }
        // A hundred ticks are a second.
        #expect(try #require(ticks) < 30)
        withExtendedLifetime(silent) {}
    }

    @Test("who stops waiting for a peer that says nothing need not wait", arguments: ["ldaps", "ldap"])
    func cancelledPeer(_ scheme: String) async throws {
        let silent = try Listener()
        let slapd = try await Slapd.started(Slapd.crowd(1))
        let source = slapd.source("\(scheme)://127.0.0.1:\(silent.port)") {
            $0.allowCleartext = true
            $0.timing.connect = .seconds(60)
        }
        let began = ContinuousClock.now
        let task = Task { await failed(source) }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(began.duration(to: .now) < .seconds(30))
        withExtendedLifetime(silent) {}
    }

    @Test("settings that cannot work are refused before anything is sent")
    func misconfigured() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1))
        let sources = [
            slapd.source { $0.filter = "(objectClass=inetOrgPerson" },
            slapd.source { $0.base = "no name" },
            slapd.source { $0.urls = ["http://127.0.0.1/"] },
            slapd.source { $0.urls = [] },
            slapd.source(slapd.secureURL) { $0.caFile = slapd.directory + "/none.pem" },
            slapd.source { $0.startTLS = true },
        ]
        for source in sources {
            guard case .misconfigured = await failed(source) else {
                Issue.record("\(source.settings)")
                continue
            }
        }
    }
}
