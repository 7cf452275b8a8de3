import CLDAP
import Foundation
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// What may go wrong on the way: none of it is ever a wrong password.
@Suite("checking a password", .serialized)
struct PasswordServerTests {
    private static let right = Password("correct horse")

    private func server(_ options: Slapd.Options = .init()) async throws -> Slapd {
        try await Slapd.started(PasswordTests.ldif, options: options)
    }

    private func failed(_ source: some DirectorySource) async -> DirectoryError? {
        await failure { () async throws(DirectoryError) in try await source.authenticate("ann", Self.right) }
    }

    @Test("needs a server that is there")
    func unreachable() async throws {
        let slapd = try await server()
        let source = slapd.source()
        #expect(try await source.authenticate("bob", Self.right) == .wrong)
        try await offPool { slapd.stop() }
        guard case .unreachable = await failed(source) else {
            Issue.record("a dead server was an answer")
            return
        }
    }

    @Test("takes a second server if the first is dead or silent, within its time")
    func secondServer() async throws {
        let slapd = try await server()
        let silent = try Listener()
        let deaf = try Listener(isDeaf: true)
        for port in [silent.port, deaf.port] {
            let source = slapd.source {
                $0.urls = ["ldaps://127.0.0.1:\(port)", slapd.localURL]
                $0.caFile = nil
                $0.timing.password = .seconds(10)
            }
            guard case .right = try await source.authenticate("ann", Self.right) else {
                Issue.record("the second server was not asked")
                continue
            }
        }
        withExtendedLifetime((silent, deaf)) {}
    }

    @Test("ends at its deadline, whatever the server does")
    func silent() async throws {
        let slapd = try await server()
        let source = slapd.source { $0.timing.password = .seconds(1) }
        slapd.pause()
        let began = ContinuousClock.now
        guard case .timedOut = await failed(source) else {
            Issue.record("a silent server was an answer")
            return
        }
        // All other limits are a minute.
        #expect(began.duration(to: .now) < .seconds(30))
        slapd.resume()
    }

    @Test("ends when the caller stops waiting")
    func cancelled() async throws {
        let slapd = try await server()
        let source = slapd.source { $0.timing.password = .seconds(60) }
        slapd.pause()
        let began = ContinuousClock.now
        let task = Task { await failed(source) }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(began.duration(to: .now) < .seconds(30))
        slapd.resume()
    }

    @Test("never sends one over plain TCP, unless that was allowed")
    func cleartext() async throws {
        let slapd = try await server()
        // The agent itself reads as nobody, which is allowed in the clear.
        let open = slapd.source(slapd.url) { $0.bind = .anonymous }
        guard case .insecure = await failed(open) else {
            Issue.record("the password was sent")
            return
        }
        let allowed = slapd.source(slapd.url) {
            $0.bind = .anonymous
            $0.allowCleartext = true
        }
        guard case .right = try await allowed.authenticate("ann", Self.right) else {
            Issue.record("it was refused")
            return
        }
    }

    @Test("works over StartTLS and ldaps, and fails without the issuer's certificate")
    func secure() async throws {
        var options = Slapd.Options()
        options.tls = true
        let slapd = try await server(options)
        for (url, startTLS) in [(slapd.url, true), (slapd.secureURL, false)] {
            let source = slapd.source(url) {
                $0.startTLS = startTLS
                $0.caFile = slapd.caFile
            }
            guard case .right = try await source.authenticate("ann", Self.right) else {
                Issue.record("it was refused")
                continue
            }
            #expect(try await source.authenticate("ann", Password("x")) == .wrong)
            let trusting = slapd.source(url) { $0.startTLS = startTLS }
            guard case .insecure = await failed(trusting) else {
                Issue.record("an unknown issuer was trusted")
                continue
            }
        }
    }

    @Test("binds as the person, not only compares: a locked account does not get in")
    func locked() async throws {
        var options = Slapd.Options()
        options.global = ["moduleload ppolicy"]
        options.database = ["overlay ppolicy", "ppolicy_default cn=policy,\(Slapd.suffix)"]
        let slapd = try await server(options)
        try await offPool {
            try slapd.add(
                "dn: cn=policy,\(Slapd.suffix)\nobjectClass: organizationalRole\nobjectClass: pwdPolicy\n"
                    + "cn: policy\npwdAttribute: userPassword\npwdLockout: TRUE\n")
        }
        try await offPool {
            try slapd.modify(
                "dn: uid=ann,\(Slapd.people)\nchangetype: modify\nadd: pwdAccountLockedTime\n"
                    + "pwdAccountLockedTime: 000001010000Z\n")
        }
        #expect(try await slapd.source().authenticate("ann", Self.right) == .wrong)
    }

    @Test("asks each time: a password that was changed counts at once")
    func nothingKept() async throws {
        let slapd = try await server()
        let source = slapd.source()
        guard case .right = try await source.authenticate("ann", Self.right) else {
            Issue.record("it was refused")
            return
        }
        try await offPool {
            try slapd.modify(
                "dn: uid=ann,\(Slapd.people)\nchangetype: modify\nreplace: userPassword\n"
                    + "userPassword: another\n")
        }
        #expect(try await source.authenticate("ann", Self.right) == .wrong)
        guard case .right = try await source.authenticate("ann", Password("another")) else {
            Issue.record("the new one was refused")
            return
        }
    }

    @Test("does so only a few at a time, without a thread for those who wait", .timeLimit(.minutes(5)))
    func capped() async throws {
        let slapd = try await server()
        let source = slapd.source { $0.name = "capped" }
        slapd.pause()
        let (count, places) = (100, source.settings.passwordsMax)
        await withTaskGroup(of: DirectoryError?.self) { group in
            for _ in 0..<count { group.addTask { await failed(source) } }
            // Everybody is there: those inside have their threads, and as long as the server is silent
            // nobody goes.
            var threads = 0
            while !Task.isCancelled && (source.gate.waiting < count - places || threads < places) {
                await Task.yield()
                threads = threadCount(named: "ldap capped")
            }
            #expect(threads == places)
            group.cancelAll()
            for await error in group { #expect(error == .cancelled) }
        }
        slapd.resume()
        guard case .right = try await source.authenticate("ann", Self.right) else {
            Issue.record("the places were not given back")
            return
        }
    }

    @Test("ends at their deadline for all who wait, and the places are given back")
    func late() async throws {
        let slapd = try await server()
        let source = slapd.source { $0.timing.password = .seconds(1) }
        slapd.pause()
        await withTaskGroup(of: DirectoryError?.self) { group in
            for _ in 0..<100 { group.addTask { await failed(source) } }
            for await error in group {
                guard case .timedOut = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
        slapd.resume()
        #expect(source.gate.free == source.settings.passwordsMax)
    }

    @Test("asks no server when its time is over, and holds that against none")
    func noTimeLeft() async throws {
        let peers = [try ScriptedPeer(.init()), try ScriptedPeer(.init())]
        let source = peers[0].source { $0.urls = peers.map(\.url) }
        let over = Deadline(after: .zero, phase: "test")
        let error = await failure { () async throws(DirectoryError) in try await source.open(until: over) }
        #expect(error == .timedOut(server: peers[0].url, phase: "test"))
        #expect(try await source.connect().server == peers[0].url)
    }

    @Test("takes only the server's word about the account for a wrong password")
    func codes() {
        func reason(_ code: Int32, _ detail: String = "") -> String? {
            do { return try PasswordBind.reason(.bindRefused(server: "s", code: code, detail: detail)) } catch
            {
                return nil
            }
        }
        for code in [49, 48, 32, 19] as [Int32] { #expect(reason(code) != nil) }
        #expect(reason(53, "Account inactivated. Contact system administrator.") != nil)
        #expect(reason(53, "Too many failed logins.\n") != nil)
        #expect(reason(53, "Minimum SSF not met.") == nil)
        #expect(reason(53, "operation restricted") == nil)
        for code in [1, 2, 3, 7, 8, 10, 13, 14, 50, 51, 52, 80, -1] as [Int32] {
            #expect(reason(code) == nil)
        }
    }
}
