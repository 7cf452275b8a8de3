import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// How far a server has got, by its own word.
@Suite("how far a server has got", .serialized)
struct ProgressTests {
    @Test("OpenLDAP says so, and a copy of it that was not written to since is behind")
    func behind() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(3))
        let copy = try await offPool {
            slapd.stop()
            var options = Slapd.Options()
            options.copying = slapd.directory
            let copy = try Slapd(options: options)
            try slapd.start()
            return copy
        }
        let session = try await slapd.source().connect()
        let first = try await session.changes(since: nil)
        let begun = try #require(try await session.progress())
        #expect(first.progress == begun)
        try await offPool { try slapd.delete("uid=p1,\(Slapd.people)") }
        let now = try #require(try await session.progress())
        #expect(begun.lack(of: now)?.hasPrefix("of the writes of server 000 it has those until 20") == true)
        #expect(now.lack(of: begun) == nil && now.lack(of: now) == nil)
        let told = try await session.changes(since: first.cookie)
        #expect(told.progress == now)
        #expect(told.departures == [Slapd.uuid(1)])
        #expect(try await copy.source().connect().progress() == begun)
    }

    @Test(
        "a second connection can be had to the same server of a list, and one that is avoided is asked last")
    func sameServer() async throws {
        let one = try await Slapd.started(Slapd.crowd(1))
        let two = try await Slapd.started(Slapd.crowd(1))
        let source = one.source { $0.urls = [one.localURL, two.localURL] }
        #expect(try await source.connect().server == one.localURL)
        #expect(try await source.connect(to: two.localURL).server == two.localURL)
        #expect(try await source.connect().server == one.localURL)
        source.avoid(one.localURL)
        #expect(try await source.connect().server == two.localURL)
        #expect(try await source.connect(to: one.localURL).server == one.localURL)
    }

    @Test("what is behind is gone past, for a look-up and for a password")
    func goneBy() async throws {
        let slapd = try await Slapd.started(PasswordTests.ldif)
        let copy = try await offPool {
            slapd.stop()
            var options = Slapd.Options()
            options.copying = slapd.directory
            let copy = try Slapd(options: options)
            try slapd.start()
            try slapd.delete("uid=ann,\(Slapd.people)")
            return copy
        }
        var seen = Horizon(source: "corp")
        let progress = try await slapd.source().connect().progress()
        seen.see(Sight(source: "corp", server: slapd.localURL, progress: progress))
        let horizon = seen
        let right = Password("correct horse")
        func both() -> LDAPSource { slapd.source { $0.urls = [copy.localURL, slapd.localURL] } }
        #expect(try await both().connect(notBehind: horizon).server == slapd.localURL)
        #expect(try await both().connect(notBehind: Horizon(source: "corp")).server == copy.localURL)
        #expect(
            try await both().authenticate("ann", right, knownBy: nil, notBehind: horizon) == .unknownLogin)
        guard case .right = try await both().authenticate("ann", right) else {
            Issue.record("the copy does not have her")
            return
        }
        // Then the others are asked first, as after any failure.
        let source = both()
        _ = try await source.connect(notBehind: horizon)
        #expect(try await source.connect().server == slapd.localURL)
        // Neither is it asked where no other can be.
        let alone = copy.source()
        for refused in [
            await failure { () async throws(DirectoryError) in
                _ = try await alone.connect(notBehind: horizon)
            },
            await failure { () async throws(DirectoryError) in
                _ = try await alone.authenticate("ann", right, knownBy: nil, notBehind: horizon)
            },
        ] {
            guard case .incomplete(copy.localURL, let reason)? = refused else {
                Issue.record("\(String(describing: refused))")
                continue
            }
            #expect(reason.contains("has not yet got what was seen"))
        }
    }

    @Test(
        "one that was killed behind a deletion is behind itself, unless syncprov writes down how far it is",
        arguments: [false, true])
    func killed(isWrittenDown: Bool) async throws {
        var options = Slapd.Options()
        if isWrittenDown {
            options.tellsChanges = false
            options.global = ["moduleload syncprov"]
            options.database = ["overlay syncprov", "syncprov-checkpoint 1 1"]
        }
        let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
        try await offPool {
            try slapd.delete("uid=p2,\(Slapd.people)")
            slapd.stop()
            try slapd.start()
            try slapd.delete("uid=p1,\(Slapd.people)")
        }
        let seen = try #require(try await slapd.source().connect().progress())
        try await offPool {
            slapd.kill()
            try slapd.start()
        }
        let after = try #require(try await slapd.source().connect().progress())
        #expect((after.lack(of: seen) == nil) == isWrittenDown)
        // Both to the last digit: they may be of the same second.
        let texts = [seen, after].compactMap { $0.states["000"] }
        if let lack = after.lack(of: seen) { #expect(texts.allSatisfy(lack.contains)) }
        try await offPool { try slapd.add(Slapd.person("later")) }
        #expect(try #require(try await slapd.source().connect().progress()).lack(of: seen) == nil)
    }

    @Test("where it does not say, nothing is known")
    func unknown() async throws {
        var options = Slapd.Options()
        options.tellsChanges = false
        let slapd = try await Slapd.started(Slapd.crowd(3), options: options)
        #expect(try await slapd.source().connect().progress() == nil)
    }
}

struct ServerProgressTests {
    @Test func theFurthestOfEachServerIsKept() {
        let one = ServerProgress(states: ["001": "2", "002": "5"])
        let two = ServerProgress(states: ["001": "3", "003": "1"])
        let both = one.advanced(to: two)
        #expect(both.states == ["001": "3", "002": "5", "003": "1"])
        #expect(ServerProgress(text: both.text) == both)
        #expect(both.lack(of: one) == nil && both.lack(of: two) == nil)
        #expect(one.lack(of: both) != nil && two.lack(of: one) != nil)
    }
}
