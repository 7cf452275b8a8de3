import CLDAP
import Foundation
import Logging
import Synchronization
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// By which attribute people are known depends on what a server shows of itself, by script.
@Suite("what a server shows of itself", .serialized)
struct ServerKindTests {
    private static let hidden = [LDAP_NO_SUCH_OBJECT, LDAP_INSUFFICIENT_ACCESS]
    private static let passing = [
        LDAP_BUSY, LDAP_UNAVAILABLE, LDAP_TIMELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED, LDAP_OTHER,
        LDAP_OPERATIONS_ERROR, LDAP_UNWILLING_TO_PERFORM,
    ]
    private static let context = "dc=example,dc=org"

    /// FreeIPA, whose naming context is answered with `code`.
    private func freeIPA(context code: @escaping @Sendable () -> Int32) -> ScriptedPeer.Script {
        var script = ScriptedPeer.Script()
        script.rootDSE = [("vendorName", ["389 Project"]), ("namingContexts", [Self.context])]
        script.search = { request in
            if request.base == Self.context {
                guard code() == LDAP_SUCCESS else { return [.result(Int(code()))] }
                return [
                    .entry(dn: Array(request.base.utf8), [("info", [Array("IPA V2.0".utf8)])]), .result(0),
                ]
            }
            let values = [
                "ipaUniqueID": "5a1d1d1e-c69d-11f0-a1a1-000000000001",
                "nsUniqueId": "66446001-1dd211b2-80a3a1f2-00000001",
            ]
            return [.entry(dn: Array("uid=a".utf8), values.map { ($0, [Array($1.utf8)]) }), .result(0)]
        }
        return script
    }

    private func attribute(of script: ScriptedPeer.Script) async throws -> IDAttribute? {
        let peer = try ScriptedPeer(script)
        let source = peer.source { $0.attributes.id = "auto" }
        return try await source.connect().idAttribute()
    }

    @Test("a naming context that may not be read is not FreeIPA's", arguments: hidden)
    func hiddenContext(code: Int32) async throws {
        let attribute = try await attribute(of: freeIPA { code })
        #expect(attribute == IDAttribute("nsUniqueId", isAutomatic: true))
    }

    @Test("a server that cannot say now whether it is FreeIPA is not used now", arguments: passing)
    func passingRefusalOfContext(code: Int32) async throws {
        let now = Mutex(code)
        let peer = try ScriptedPeer(freeIPA { now.withLock { $0 } })
        let source = peer.source { $0.attributes.id = "auto" }
        let error = await failure { () async throws(DirectoryError) in try await source.connect() }
        guard case .refused(_, code, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        now.withLock { $0 = LDAP_SUCCESS }
        let attribute = try await source.connect().idAttribute()
        #expect(attribute == IDAttribute("ipaUniqueID", isAutomatic: true))
    }

    @Test("a rootDSE that may not be read is done without", arguments: hidden)
    func hiddenRootDSE(code: Int32) async throws {
        var script = freeIPA { LDAP_SUCCESS }
        script.rootDSERefusal = { Int(code) }
        #expect(try await attribute(of: script)?.name == "nsUniqueId")
    }

    @Test("a server whose rootDSE cannot be read now is not used now", arguments: passing)
    func passingRefusalOfRootDSE(code: Int32) async throws {
        var script = freeIPA { LDAP_SUCCESS }
        script.rootDSERefusal = { Int(code) }
        let peer = try ScriptedPeer(script)
        let source = peer.source { $0.attributes.id = "auto" }
        let error = await failure { () async throws(DirectoryError) in try await source.connect() }
        guard case .refused(_, code, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("an attribute that is configured is nobody's choice")
    func configured() async throws {
        let peer = try ScriptedPeer(freeIPA { LDAP_SUCCESS })
        let source = peer.source { $0.attributes.id = "nsUniqueId" }
        #expect(
            try await source.connect().idAttribute() == IDAttribute("nsUniqueId", isAutomatic: false))
    }
}

/// Changes by modifyTimestamp, by script.
@Suite("changes by modifyTimestamp", .serialized)
struct ModifiedTests {
    private let asked = Asked()

    private final class Asked: Sendable {
        let texts = Mutex<[String]>([])
    }

    /// A server that knows of one change, at `moment`.
    private func peer(changedAt moment: Timestamp) throws -> ScriptedPeer {
        var script = ScriptedPeer.Script()
        script.rootDSE = [("vendorName", ["389 Project"]), ("namingContexts", ["dc=example,dc=org"])]
        script.search = { [asked] request in
            if request.base == "dc=example,dc=org" {
                return [
                    .entry(dn: Array(request.base.utf8), [("info", [Array("IPA V2.0".utf8)])]), .result(0),
                ]
            }
            let times = request.filterTexts.filter { GeneralizedTime.timestamp($0) != nil }
            asked.texts.withLock { $0 += times }
            let values = [
                "ipaUniqueID": "5a1d1d1e-c69d-11f0-a1a1-000000000001",
                "modifyTimestamp": GeneralizedTime.text(moment),
            ]
            return [.entry(dn: Array("uid=a".utf8), values.map { ($0, [Array($1.utf8)]) }), .result(0)]
        }
        return try ScriptedPeer(script)
    }

    /// In whole seconds, as the attribute is.
    private var machine: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    private func session(_ peer: ScriptedPeer, at now: Timestamp) async throws -> any DirectorySession {
        var settings = peer.source { $0.attributes.id = "auto" }.settings
        settings.name = "corp"
        return try await LDAPSource(settings, logger: .init(label: "test"), now: { now }).connect()
    }

    private func moment(_ cookie: ChangeCookie) throws -> Timestamp {
        try #require(GeneralizedTime.timestamp(String(decoding: cookie.bytes, as: UTF8.self)))
    }

    private func cookie(_ peer: ScriptedPeer, _ moment: Timestamp) -> ChangeCookie {
        ChangeCookie(
            kind: .modifyTimestamp, server: peer.url, bytes: Array(GeneralizedTime.text(moment).utf8))
    }

    @Test("begin in the past, also while the daemon's clock is ahead of the machine's")
    func clockAhead() async throws {
        let peer = try peer(changedAt: machine)
        let session = try await session(peer, at: machine + .days(400))
        let first = try await session.changes(since: nil)
        #expect(first.mustReadFully && first.method == "modifyTimestamp")
        #expect(try moment(first.cookie) < machine)
        // A cookie of when the machine's clock was ahead as well.
        let again = try await session.changes(since: cookie(peer, machine + .days(399)))
        #expect(again.mustReadFully && again.incompleteness?.contains("a time to come") == true)
        #expect(try moment(again.cookie) < machine)
    }

    @Test("go on from no later than now, whatever a server's clock says")
    func serverAhead() async throws {
        let peer = try peer(changedAt: machine + .days(30))
        let session = try await session(peer, at: machine)
        let set = try await session.changes(since: cookie(peer, machine))
        #expect(set.upserts.count == 1 && !set.mustReadFully)
        #expect(try moment(set.cookie) <= machine)
        #expect(try await !session.changes(since: set.cookie).mustReadFully)
    }

    @Test("are asked for half an hour back: another replica's come late")
    func overlap() async throws {
        let peer = try peer(changedAt: machine)
        let start = machine - .hours(3)
        let set = try await session(peer, at: machine + .days(1)).changes(since: cookie(peer, start))
        #expect(set.upserts.count == 1)
        #expect(asked.texts.withLock { $0 } == [GeneralizedTime.text(start - .minutes(30))])
        #expect(try moment(set.cookie) > start)
    }
}
