import Foundation
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// Changes told by cookie, from a real OpenLDAP with syncprov.
@Suite("changes since a cookie", .serialized)
struct ChangeTests {
    private static func dn(_ login: String) -> String { "uid=\(login),\(Slapd.people)" }

    private func started(_ count: Int = 20) async throws -> (slapd: Slapd, cookie: ChangeCookie) {
        let slapd = try await Slapd.started(Slapd.crowd(count))
        let first = try await changes(slapd, nil)
        #expect(first.mustReadFully && first.upserts.isEmpty && first.hints.isEmpty)
        #expect(first.method == "content sync")
        return (slapd, first.cookie)
    }

    private func changes(_ slapd: Slapd, _ cookie: ChangeCookie?) async throws -> ChangeSet {
        let session = try await slapd.source().connect()
        #expect(await session.vendor == "OpenLDAP")
        let set = try await session.changes(since: cookie)
        await session.close()
        return set
    }

    @Test("are none if nothing changed, and the cookie goes on")
    func nothing() async throws {
        let (slapd, cookie) = try await started()
        let set = try await changes(slapd, cookie)
        #expect(set.isEmpty)
        #expect(try await changes(slapd, set.cookie).isEmpty)
        let stored = try #require(ChangeCookie(text: set.cookie.text))
        #expect(stored == set.cookie)
        #expect(try await changes(slapd, stored).isEmpty)
    }

    @Test("name who was added, changed, renamed and disabled, and hint at who left")
    func everyKind() async throws {
        let (slapd, cookie) = try await started()
        try await offPool { try slapd.add(Slapd.person("new", uuid: nil)) }
        try await offPool {
            try slapd.modify("dn: \(Self.dn("p1"))\nchangetype: modify\nreplace: cn\ncn: One\n")
        }
        try await offPool { try slapd.rename(Self.dn("p2"), to: "uid=two") }
        try await offPool {
            try slapd.modify(
                "dn: \(Self.dn("p3"))\nchangetype: modify\nadd: objectClass\nobjectClass: shadowAccount\n-\n"
                    + "add: shadowExpire\nshadowExpire: 1\n")
        }
        try await offPool { try slapd.delete(Self.dn("p4")) }
        try await offPool {
            try slapd.rename(Self.dn("p5"), to: "uid=p5", under: "ou=former,\(Slapd.suffix)")
        }
        let set = try await changes(slapd, cookie)
        #expect(!set.mustReadFully, "\(set.incompleteness ?? "")")
        let found = Dictionary(uniqueKeysWithValues: set.upserts.map { ($0.login, $0) })
        #expect(found["p1"]?.displayName == "One")
        #expect(found["two"]?.id.id == Slapd.uuid(2))
        #expect(found["two"]?.dn == "uid=two,\(Slapd.people)")
        #expect(found["p3"]?.disabled == "shadowExpire")
        #expect(found["new"] != nil)
        #expect(Set(set.hints).isSuperset(of: [Slapd.uuid(4), Slapd.uuid(5)]))
        #expect(set.hints.allSatisfy { hint in !set.upserts.contains { $0.id.id == hint } })
        #expect(try await changes(slapd, set.cookie).isEmpty)
    }

    @Test("hint at every one of hundreds that were deleted")
    func manyDeletions() async throws {
        let (slapd, cookie) = try await started(600)
        try await offPool {
            try slapd.modify((1...300).map { "dn: \(Self.dn("p\($0)"))\nchangetype: delete\n\n" }.joined())
        }
        let set = try await changes(slapd, cookie)
        #expect(!set.mustReadFully)
        #expect(set.upserts.isEmpty)
        #expect(Set(set.hints) == Set((1...300).map(Slapd.uuid)))
    }

    @Test("hint at who no longer matches the filter")
    func leavesFilter() async throws {
        let slapd = try await Slapd.started(
            (1...5).map { Slapd.person("p\($0)", uuid: Slapd.uuid($0), more: ["title: staff"]) }.joined())
        let source = slapd.source { $0.filter = "(title=staff)" }
        let cookie = try await source.connect().changes(since: nil).cookie
        try await offPool {
            try slapd.modify("dn: \(Self.dn("p1"))\nchangetype: modify\nreplace: title\ntitle: guest\n")
        }
        let set = try await source.connect().changes(since: cookie)
        #expect(set.mustReadFully || set.hints == [Slapd.uuid(1)])
        #expect(set.upserts.isEmpty)
    }

    @Test("keep apart who left and who got their login")
    func reusedLogin() async throws {
        let (slapd, cookie) = try await started()
        try await offPool { try slapd.delete(Self.dn("p4")) }
        try await offPool { try slapd.add(Slapd.person("p4")) }
        try await offPool { try slapd.rename(Self.dn("p5"), to: "uid=P5") }
        let set = try await changes(slapd, cookie)
        #expect(set.hints == [Slapd.uuid(4)])
        let found = Dictionary(uniqueKeysWithValues: set.upserts.map { ($0.login, $0.id.id) })
        #expect(found["P5"] == Slapd.uuid(5))
        #expect(found["p4"] != nil && found["p4"] != Slapd.uuid(4))
    }

    @Test("say nothing of people whose whole branch moved away: a full reading finds that")
    func movedBranch() async throws {
        let team = "ou=team,\(Slapd.people)"
        let slapd = try await Slapd.started(
            Slapd.crowd(3) + "dn: \(team)\nobjectClass: organizationalUnit\nou: team\n\n"
                + Slapd.person("x", uuid: Slapd.uuid(50)).replacingOccurrences(of: Slapd.people, with: team))
        let session = try await slapd.source().connect()
        let cookie = try await session.changes(since: nil).cookie
        #expect(try await session.enumerate { _ in }.people == 4)
        try await offPool { try slapd.rename(team, to: "ou=team", under: "ou=former,\(Slapd.suffix)") }
        let set = try await session.changes(since: cookie)
        #expect(set.upserts.isEmpty && !set.mustReadFully && !set.hints.contains(Slapd.uuid(50)))
        #expect(try await session.enumerate { _ in }.people == 3)
        #expect(
            await session.confirm([Slapd.uuid(50)])
                == [Slapd.uuid(50): .moved(dn: "uid=x,ou=team,ou=former,\(Slapd.suffix)")])
    }

    @Test("are not believed to be all when the server forgot what was deleted")
    func restarted() async throws {
        let (slapd, cookie) = try await started()
        try await offPool { try slapd.delete(Self.dn("p4")) }
        try await offPool { slapd.stop() }
        try await offPool { try slapd.start() }
        let set = try await changes(slapd, cookie)
        #expect(set.mustReadFully)
        #expect(!set.upserts.contains { $0.login == "p4" })
        try await offPool { try slapd.delete(Self.dn("p5")) }
        let next = try await changes(slapd, set.cookie)
        #expect(next.mustReadFully || next.hints == [Slapd.uuid(5)])
    }

    @Test("go on after a restart in which nothing changed")
    func restartedUnchanged() async throws {
        let (slapd, cookie) = try await started()
        try await offPool { slapd.stop() }
        try await offPool { try slapd.start() }
        #expect(try await changes(slapd, cookie).isEmpty)
    }

    @Test("begin anew with a cookie from the future, as after a restore from a backup")
    func future() async throws {
        let (slapd, cookie) = try await started()
        var later = cookie
        later.bytes = Array("rid=000,csn=20991231235959.000000Z#000000#000#000000".utf8)
        let set = try await changes(slapd, later)
        #expect(set.mustReadFully)
        #expect(set.upserts.isEmpty && set.hints.isEmpty)
        #expect(set.cookie != later)
        try await offPool { try slapd.delete(Self.dn("p1")) }
        #expect(try await changes(slapd, set.cookie).hints == [Slapd.uuid(1)])
    }

    @Test("begin anew with a server that was restored from a backup")
    func restored() async throws {
        let (slapd, _) = try await started()
        try await offPool { try slapd.backUp() }
        try await offPool { try slapd.delete(Self.dn("p1")) }
        let later = try await changes(slapd, nil)
        try await offPool { try slapd.restore() }
        let set = try await changes(slapd, later.cookie)
        #expect(set.mustReadFully)
        #expect(set.cookie != later.cookie)
        try await offPool { try slapd.delete(Self.dn("p2")) }
        let next = try await changes(slapd, set.cookie)
        #expect(next.mustReadFully || next.hints == [Slapd.uuid(2)])
    }

    @Test("begin anew with a cookie that is of another server or makes no sense")
    func foreign() async throws {
        let (slapd, cookie) = try await started()
        var other = cookie
        other.server = "ldap://other.example.org"
        var broken = cookie
        let otherProvider = "rid=000,csn=20261121185703.561776Z#000000#00a#000000"
        for bytes in [
            "", "rid=000", "csn=", "\0", "rid=000,csn=x", otherProvider, String(repeating: "x", count: 5000),
        ] {
            broken.bytes = Array(bytes.utf8)
            let set = try await changes(slapd, broken)
            #expect(set.mustReadFully, "\(bytes.prefix(20))")
            #expect(set.upserts.isEmpty)
        }
        for kind in [ChangeCookie.Kind.dirSync, .usnChanged, .modifyTimestamp] {
            other.kind = kind
            #expect(try await changes(slapd, other).mustReadFully)
            other.server = cookie.server
        }
        #expect(try await changes(slapd, other).mustReadFully)
    }

    @Test("must be read fully if the id is not the one that content sync tells")
    func otherID() async throws {
        let slapd = try await Slapd.started(
            (1...5).map { Slapd.person("p\($0)", more: ["employeeNumber: \($0)"]) }.joined())
        let source = slapd.source { $0.attributes.id = "employeeNumber" }
        let cookie = try await source.connect().changes(since: nil).cookie
        try await offPool {
            try slapd.modify("dn: \(Self.dn("p1"))\nchangetype: modify\nreplace: cn\ncn: One\n")
        }
        let changed = try await source.connect().changes(since: cookie)
        #expect(!changed.mustReadFully && changed.upserts.map(\.login) == ["p1"])
        try await offPool { try slapd.delete(Self.dn("p1")) }
        #expect(try await source.connect().changes(since: changed.cookie).mustReadFully)
    }

    @Test("an unreachable or silent server is an error, and no reason to read fully")
    func errors() async throws {
        let (slapd, cookie) = try await started()
        let session = try await slapd.source { $0.timing.deadline = .seconds(1) }.connect()
        slapd.pause()
        let silent = await failure { () async throws(DirectoryError) in
            try await session.changes(since: cookie)
        }
        slapd.resume()
        guard case .timedOut = silent else {
            Issue.record("\(String(describing: silent))")
            return
        }
        let next = try await slapd.source().connect()
        slapd.kill()
        let dead = await failure { () async throws(DirectoryError) in try await next.changes(since: cookie) }
        guard case .unreachable = dead else {
            Issue.record("\(String(describing: dead))")
            return
        }
    }
}
