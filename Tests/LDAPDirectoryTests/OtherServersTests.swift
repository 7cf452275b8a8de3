import Synchronization
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// How other servers tell changes, as 389-ds 2.3 and Samba 4.17 were seen to, by script.
@Suite("changes told by other servers", .serialized)
struct OtherServersTests {
    private typealias Step = ScriptedPeer.Step

    private static let sync = "1.3.6.1.4.1.4203.1.9.1.1"
    private static let syncDone = "1.3.6.1.4.1.4203.1.9.1.3"
    private static let dirSync = "1.2.840.113556.1.4.841"
    private static let activeDirectory = "1.2.840.113556.1.4.800"

    // MARK: 389-ds

    private func changelog(first: Int) throws -> ScriptedPeer {
        var script = ScriptedPeer.Script()
        script.rootDSE = [("vendorName", ["389 Project"]), ("firstChangeNumber", [String(first)])]
        script.search = { _ in
            let done = PeerWire.element(0x30, PeerWire.octets("host:389#dn:base:filter#9".utf8))
            return [.result(0, controls: [(Self.syncDone, done)])]
        }
        return try ScriptedPeer(script)
    }

    private func cookie(_ peer: ScriptedPeer, _ number: Int) -> ChangeCookie {
        ChangeCookie(
            kind: .contentSync, server: peer.url, bytes: Array("host:389#dn:base:filter#\(number)".utf8))
    }

    @Test("389-ds's refreshes are believed although they end without refreshDeletes")
    func directoryServer389() async throws {
        let peer = try changelog(first: 1)
        let set = try await peer.source().connect().changes(since: cookie(peer, 5))
        #expect(set.isEmpty)
        #expect(set.cookie == cookie(peer, 9))
    }

    @Test("389-ds's changelog that no longer reaches back is noticed, which the server does not say")
    func trimmedChangelog() async throws {
        let peer = try changelog(first: 7)
        #expect(try await peer.source().connect().changes(since: cookie(peer, 5)).mustReadFully)
        #expect(try await peer.source().connect().changes(since: cookie(peer, 6)).isEmpty)
        // A server may say what it likes: there is no sum with it.
        #expect(try await peer.source().connect().changes(since: cookie(peer, .max)).isEmpty)
    }

    @Test("FreeIPA's content sync says that nobody changed, so it is not asked")
    func freeIPA() async throws {
        var script = ScriptedPeer.Script()
        script.rootDSE = [("vendorName", ["389 Project"]), ("namingContexts", ["dc=example,dc=org"])]
        script.search = { request in
            if request.base == "dc=example,dc=org" {
                return [
                    .entry(dn: Array(request.base.utf8), [("info", [Array("IPA V2.0".utf8)])]), .result(0),
                ]
            }
            guard request.controls[Self.sync] == nil else {
                let done = PeerWire.element(0x30, PeerWire.octets("host:389#dn:base:filter#9".utf8))
                return [.result(0, controls: [(Self.syncDone, done)])]
            }
            let values = [
                "ipaUniqueID": "5a1d1d1e-c69d-11f0-a1a1-000000000001",
                "nsUniqueId": "66446001-1dd211b2-80a3a1f2-00000001", "modifyTimestamp": "20261122153841Z",
            ]
            return [.entry(dn: Array("uid=a".utf8), values.map { ($0, [Array($1.utf8)]) }), .result(0)]
        }
        let peer = try ScriptedPeer(script)
        let source = peer.source { $0.attributes.id = "auto" }
        // Of a version that did ask.
        for known in [nil, cookie(peer, 5)] {
            let set = try await source.connect().changes(since: known)
            #expect(set.mustReadFully && set.method == "modifyTimestamp")
            #expect(set.refusals?.contains("FreeIPA keeps a changelog of DNS alone") == true)
            let next = try await source.connect().changes(since: set.cookie)
            #expect(next.upserts.map(\.id.id) == ["5a1d1d1e-c69d-11f0-a1a1-000000000001"])
        }
        let error = await failure { () async throws(DirectoryError) in
            try await source.connect().watch(since: self.cookie(peer, 5)) { _ in }
        }
        #expect(error?.description.contains("only when asked") == true)
    }

    // MARK: Active Directory

    private static func answer(_ cookie: String, hasMore: Bool) -> Step {
        let value = PeerWire.integer(hasMore ? 1 : 0) + PeerWire.integer(0) + PeerWire.octets(cookie.utf8)
        return .result(0, controls: [(dirSync, PeerWire.element(0x30, value))])
    }

    private static func changed(_ number: UInt8) -> Step {
        let guid = [UInt8](repeating: 0, count: 15) + [number]
        return .entry(dn: Array("CN=\(number)".utf8), [("objectGUID", [guid])])
    }

    private static func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

    private func domain(
        _ search: @escaping @Sendable (ScriptedPeer.Search, _ cookie: String?) -> [ScriptedPeer.Step]
    ) throws -> (peer: ScriptedPeer, source: LDAPSource) {
        var script = ScriptedPeer.Script()
        script.rootDSE = [
            ("supportedCapabilities", [Self.activeDirectory]), ("namingContexts", ["dc=example,dc=org"]),
            ("highestCommittedUSN", ["4711"]), ("dsServiceName", ["CN=NTDS Settings,CN=DC1"]),
        ]
        script.search = { request in
            let cookie = request.controls[Self.dirSync].flatMap { value -> String? in
                // Flags, size, cookie: the answer has the same three.
                do { return String(decoding: try DirSyncAnswer(value).cookie, as: UTF8.self) } catch {
                    return nil
                }
            }
            return search(request, cookie)
        }
        let peer = try ScriptedPeer(script)
        return (peer, peer.source { $0.attributes.id = "auto" })
    }

    @Test("DirSync's answers are followed to the last, over the whole domain, and all are hints")
    func dirSync() async throws {
        let (peer, source) = try domain { request, cookie in
            guard request.base == "dc=example,dc=org" else { return [.result(53)] }
            return switch cookie {
            case "": [Self.changed(1), Self.answer("a", hasMore: true)]
            case "a": [Self.changed(2), Self.answer("b", hasMore: false)]
            case "b": [Self.changed(3), Self.answer("c", hasMore: true)]
            case "c": [Self.changed(4), Self.changed(3), Self.answer("d", hasMore: false)]
            default: [.result(12)]
            }
        }
        let session = try await source.connect()
        let first = try await session.changes(since: nil)
        #expect(first.mustReadFully && first.method == "DirSync" && first.hints.isEmpty)
        let next = try await session.changes(since: first.cookie)
        #expect(!next.mustReadFully && next.upserts.isEmpty)
        #expect(Set(next.hints) == [Self.id(3), Self.id(4)])
        #expect(next.cookie.bytes == Array("d".utf8))
        // One URL may lead to several domain controllers, and each goes on from its own cookies only.
        #expect(next.cookie.server == "\(peer.url) CN=NTDS Settings,CN=DC1")
        var foreign = next.cookie
        foreign.server = "\(peer.url) CN=NTDS Settings,CN=DC2"
        foreign.bytes = Array("b".utf8)
        #expect(try await session.changes(since: foreign).mustReadFully)
        // The last answer is not understood any more: from the beginning.
        var stale = next.cookie
        stale.bytes = [1]
        #expect(try await session.changes(since: stale).mustReadFully)
        withExtendedLifetime(peer) {}
    }

    @Test("DirSync is asked with the flag that needs no special right, and as a demand")
    func dirSyncFlag() async throws {
        let values = Mutex<[[UInt8]]>([])
        let (peer, source) = try domain { request, _ in
            values.withLock { $0 += [request.controls[Self.dirSync] ?? []] }
            return [Self.answer("a", hasMore: false)]
        }
        _ = try await source.connect().changes(since: nil)
        let value = try #require(values.withLock { $0.first { !$0.isEmpty } })
        // SEQUENCE, INTEGER, 1 octet, LDAP_DIRSYNC_OBJECT_SECURITY.
        #expect(Array(value.dropFirst(2).prefix(3)) == [2, 1, 1])
        withExtendedLifetime(peer) {}
    }

    @Test("DirSync's answers that make no sense are errors, or reasons to read fully")
    func dirSyncSurprises() async throws {
        let nameless = Step.entry(dn: Array("CN=x".utf8), [])
        let (peer, source) = try domain { _, cookie in
            switch cookie {
            case "": [Self.answer("a", hasMore: false)]
            case "a": [nameless, Self.answer("b", hasMore: false)]
            case "b": [.result(0, controls: [(Self.dirSync, [0x30, 1])])]
            case "c": [Self.answer("", hasMore: false)]
            case "d": [Self.changed(1), .result(51)]
            default: [.result(12)]
            }
        }
        let session = try await source.connect()
        var cookie = try await session.changes(since: nil).cookie
        #expect(try await session.changes(since: cookie).mustReadFully)
        for bytes in ["b", "c", "d"] {
            cookie.bytes = Array(bytes.utf8)
            let asked = cookie
            let error = await failure { () async throws(DirectoryError) in
                try await session.changes(since: asked)
            }
            #expect(error != nil, "\(bytes)")
        }
        withExtendedLifetime(peer) {}
    }

    @Test("where DirSync is refused, uSNChanged is asked for")
    func usnChanged() async throws {
        let (peer, source) = try domain { request, cookie in
            if cookie != nil { return [.result(50)] }
            guard request.filterTexts.contains("uSNChanged") else { return [.result(53)] }
            let guid = [UInt8](repeating: 0, count: 15) + [1]
            let values = [("objectGUID", [guid]), ("uid", [[120]]), ("uSNChanged", [Array("4720".utf8)])]
            return [.entry(dn: Array("CN=x".utf8), values), .result(0)]
        }
        let session = try await source.connect()
        let first = try await session.changes(since: nil)
        #expect(first.mustReadFully && first.method == "uSNChanged")
        #expect(first.refusals?.hasPrefix("DirSync was refused: Insufficient access (50)") == true)
        #expect(first.cookie.bytes == Array("4711".utf8))
        let next = try await session.changes(since: first.cookie)
        #expect(next.upserts.map(\.id.id) == [Self.id(1)] && next.hints.isEmpty && !next.mustReadFully)
        // What has a higher number may have been committed before what has a lower one.
        #expect(next.cookie.bytes == Array("4711".utf8))
        withExtendedLifetime(peer) {}
    }

    @Test("a domain controller that was restored, and has counted on since, begins anew")
    func restoredController() async throws {
        let invocation = Mutex<UInt8?>(1)
        let (peer, source) = try domain { request, cookie in
            if cookie != nil { return [.result(50)] }
            if request.filterTexts.contains("uSNChanged") { return [.result(0)] }
            guard request.base == "CN=NTDS Settings,CN=DC1", let id = invocation.withLock({ $0 }) else {
                return [.result(50)]
            }
            let value = [UInt8](repeating: 0, count: 15) + [id]
            return [.entry(dn: Array(request.base.utf8), [("invocationId", [value])]), .result(0)]
        }
        let session = try await source.connect()
        let first = try await session.changes(since: nil).cookie
        #expect(first.bytes == Array("4711 00000000000000000000000000000001".utf8))
        // Not to be seen for a while, it is remembered.
        invocation.withLock { $0 = nil }
        let unseen = try await session.changes(since: first)
        #expect(unseen.isEmpty && unseen.cookie == first)
        invocation.withLock { $0 = 2 }
        let set = try await session.changes(since: unseen.cookie)
        #expect(set.mustReadFully && set.incompleteness?.contains("restored") == true)
        // Cookies of before do not know it.
        var known = first
        known.bytes = Array("4711".utf8)
        let next = try await session.changes(since: known)
        #expect(!next.mustReadFully && next.cookie.bytes == set.cookie.bytes)
        withExtendedLifetime(peer) {}
    }

    @Test("a uSNChanged from the future, as after a restore from a backup, begins anew")
    func usnSetBack() async throws {
        let (peer, source) = try domain { request, cookie in
            if cookie != nil { return [.result(50)] }
            return [.result(request.filterTexts.contains("uSNChanged") ? 0 : 53)]
        }
        let session = try await source.connect()
        var cookie = try await session.changes(since: nil).cookie
        #expect(try await session.changes(since: cookie).isEmpty)
        cookie.bytes = Array("4712".utf8)
        let set = try await session.changes(since: cookie)
        #expect(set.mustReadFully && set.incompleteness?.contains("set back") == true)
        #expect(set.cookie.bytes == Array("4711".utf8))
        withExtendedLifetime(peer) {}
    }

    @Test("where nobody shows userAccountControl nobody is taken for enabled", arguments: [true, false])
    func invisibleStatus(isVisible: Bool) async throws {
        let (peer, source) = try domain { _, _ in
            let people = (1...3).map { number -> Step in
                let guid = [UInt8](repeating: 0, count: 15) + [UInt8(number)]
                let status = [("userAccountControl", [Array("514".utf8)])]
                return .entry(
                    dn: Array("CN=\(number),\(Slapd.people)".utf8),
                    [("objectGUID", [guid])] + (isVisible ? status : []))
            }
            return people + [.result(0)]
        }
        let session = try await source.connect()
        let error = await failure { () async throws(DirectoryError) in try await session.enumerate { _ in } }
        let confirmed = await session.confirm([Self.id(1)])[Self.id(1)]
        let check = await source.examine().first { $0.check == "status" }
        if isVisible {
            #expect(error == nil)
            guard case .present(let person) = confirmed else {
                Issue.record("\(String(describing: confirmed))")
                return
            }
            #expect(person.disabled == "userAccountControl")
        } else {
            guard case .incomplete(_, let reason) = error, case .unknown(.incomplete) = confirmed else {
                Issue.record("\(String(describing: error)) \(String(describing: confirmed))")
                return
            }
            #expect(reason.hasPrefix("userAccountControl"))
        }
        #expect(check?.ok == isVisible)
        withExtendedLifetime(peer) {}
    }

    @Test(
        "who may not see deletions hears it, and which right it takes", arguments: ["seen", "bare", "hidden"])
    func deletions(_ container: String) async throws {
        let isVisible = container == "seen"
        let (peer, source) = try domain { request, cookie in
            if cookie != nil { return [Self.answer("a", hasMore: false)] }
            if request.base.hasPrefix("CN=Deleted Objects,") {
                let values = isVisible ? [("isDeleted", [Array("TRUE".utf8)])] : []
                return container == "hidden"
                    ? [.result(32)] : [.entry(dn: Array(request.base.utf8), values), .result(0)]
            }
            let guid = [UInt8](repeating: 0, count: 15) + [1]
            let values = [("objectGUID", [guid]), ("userAccountControl", [Array("512".utf8)])]
            return [.entry(dn: Array("CN=1,\(Slapd.people)".utf8), values), .result(0)]
        }
        let check = try #require(await source.examine().last)
        #expect(check.check == "changes" && check.ok)
        #expect(check.detail.contains(isVisible ? "deletions included" : "cannot be seen"))
        #expect((check.advice?.contains("dsacls") == true) == !isVisible)
        withExtendedLifetime(peer) {}
    }
}
