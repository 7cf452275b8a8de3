import Foundation
import Synchronization
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// Confirmations, passwords and changes asked of a peer that answers by script.
@Suite("a peer that misbehaves", .serialized)
struct MisbehavingAnswersTests {
    private typealias Step = ScriptedPeer.Step

    @Test(
        "makes nobody gone, whatever it answers", arguments: [1, 3, 4, 10, 11, 32, 50, 51, 52, 53, 80, 4096])
    func confirmations(_ code: Int) async throws {
        var script = ScriptedPeer.Script()
        script.search = { search in
            let asksForWitness = !search.filterTexts.contains { $0.hasPrefix("00000000") }
            return asksForWitness ? [.person(1), .result(4)] : [.person(1), .result(code)]
        }
        let peer = try ScriptedPeer(script)
        let answers = try await peer.source().connect().confirm([Slapd.uuid(1), Slapd.uuid(2)])
        #expect(answers.count == 2)
        for answer in answers.values {
            guard case .unknown(.refused(_, Int32(code), _)) = answer else {
                Issue.record("\(answer)")
                continue
            }
        }
    }

    @Test("makes a password neither right nor wrong with a code that says nothing of it")
    func passwords() async throws {
        let cases: [(Int, String, isWrong: Bool)] = [
            (49, "", true), (48, "", true), (32, "", true), (19, "Exceed password retry limit.", true),
            (53, "Account inactivated. Contact system administrator.", true), (53, "", false), (1, "", false),
            (2, "", false), (8, "", false), (13, "", false), (14, "", false), (50, "", false),
            (51, "", false),
            (52, "", false), (80, "", false),
        ]
        for (code, text, isWrong) in cases {
            var script = ScriptedPeer.Script()
            script.bind = { $0.isEmpty ? (0, "") : (code, text) }
            script.search = { _ in [.person(1), .result(0)] }
            let peer = try ScriptedPeer(script)
            do {
                let check = try await peer.source().authenticate("p1", Password("x"))
                #expect(isWrong && check == .wrong, "\(code)")
            } catch {
                #expect(!isWrong, "\(code)")
                guard case .refused(_, Int32(code), _) = error else {
                    Issue.record("\(code): \(error)")
                    continue
                }
            }
        }
    }

    @Test("is never asked with a password if it names nobody, several, or somebody without a name")
    func nobodyToBindAs() async throws {
        let answers: [([Step], PasswordCheck)] = [
            ([.result(0)], .unknownLogin), ([.person(1), .person(2), .result(0)], .unknownLogin),
            ([.person(1, dn: ""), .result(0)], .wrong),
        ]
        for (steps, expected) in answers {
            let binds = Names()
            var script = ScriptedPeer.Script()
            script.bind = { name in
                binds.append(name)
                return (0, "")
            }
            script.search = { _ in steps }
            let peer = try ScriptedPeer(script)
            #expect(try await peer.source().authenticate("p1", Password("x")) == expected)
            #expect(binds.all == [""])
        }
    }

    @Test("silent after the search leaves a password unjudged at the deadline")
    func silentSearch() async throws {
        var script = ScriptedPeer.Script()
        script.search = { _ in [] }
        let peer = try ScriptedPeer(script)
        let error = await failure { () async throws(DirectoryError) in
            try await peer.source { $0.timing.password = .seconds(1) }.authenticate("p1", Password("x"))
        }
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: content sync

    private static let sync = "1.3.6.1.4.1.4203.1.9.1.1"
    private static let stateOID = "1.3.6.1.4.1.4203.1.9.1.2"
    private static let doneOID = "1.3.6.1.4.1.4203.1.9.1.3"
    private static let infoOID = "1.3.6.1.4.1.4203.1.9.1.4"
    private static let cookie = Array("389 cookie with spaces".utf8)

    /// refreshDeletes, with a cookie.
    private static var done: Step {
        let content = PeerWire.octets(cookie) + [1, 1, 0xff]
        return .result(0, controls: [(doneOID, PeerWire.element(0x30, content))])
    }

    private static func entry(_ number: Int, state: [UInt8]?) -> Step {
        guard case .entry(let dn, let attributes, _) = Step.person(number) else { return .hangUp }
        return .entry(dn: dn, attributes, controls: state.map { [(stateOID, $0)] } ?? [])
    }

    private static func state(_ kind: UInt8, _ number: UInt8) -> [UInt8] {
        let uuid: [UInt8] = [0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number]
        return PeerWire.element(0x30, [0x0a, 1, kind] + PeerWire.octets(uuid))
    }

    /// What comes of a refresh whose second request is answered with `steps`.
    private func changes(
        _ steps: [ScriptedPeer.Step], within deadline: Duration = .seconds(60)
    ) async throws -> Result<ChangeSet, DirectoryError> {
        var script = ScriptedPeer.Script()
        let known = PeerWire.element(0x30, [0x0a, 1, 1] + PeerWire.octets(Self.cookie))
        script.search = { search in
            // A first request has no cookie.
            search.controls[Self.sync].map { $0.count >= known.count ? steps : [Self.done] } ?? [.result(12)]
        }
        let peer = try ScriptedPeer(script)
        do throws(DirectoryError) {
            let session = try await peer.source { $0.timing.deadline = deadline }.connect()
            let first = try await session.changes(since: nil)
            #expect(first.cookie.bytes == Self.cookie && first.method == "content sync")
            return .success(try await session.changes(since: first.cookie))
        } catch {
            return .failure(error)
        }
    }

    @Test("is believed about changes only if every message is understood")
    func surprises() async throws {
        let fine = try await changes([
            Self.entry(1, state: Self.state(1, 1)), Self.entry(2, state: Self.state(3, 2)), Self.done,
        ]).get()
        #expect(!fine.mustReadFully)
        #expect(Set(fine.hints) == [Slapd.uuid(1), Slapd.uuid(2)])

        let ways: [[Step]] = [
            [.result(4096, "e-syncRefreshRequired")], [.result(53, "consumer state is newer than provider!")],
            [.result(12)], [.result(2)], [.result(0)],
            [.result(0, controls: [(Self.doneOID, [0x30, 5])])],
            [.result(0, controls: [(Self.doneOID, [0x30, 0])])],
            [Self.entry(1, state: nil), Self.done], [Self.entry(1, state: [0x30, 0]), Self.done],
            [Self.entry(1, state: Self.state(7, 1)), Self.done],
            [Self.entry(1, state: Self.state(1, 9)), Self.done],
            [.intermediate(oid: Self.infoOID, [0xa9, 0]), Self.done],
            [.intermediate(oid: Self.infoOID, [0xa3]), Self.done],
            [.intermediate(oid: "1.2.3", []), Self.done],
            [.intermediate(oid: Self.infoOID, [0xa3, 2, 0x31, 0]), Self.done],
            [.reference("ldap://other.example.org/"), Self.done],
        ]
        for (index, steps) in ways.enumerated() {
            let set = try await changes(steps).get()
            #expect(set.mustReadFully, "\(index)")
            #expect(set.upserts.isEmpty, "\(index)")
        }
    }

    @Test("that fails while it tells changes is an error, and the cookie stays good")
    func failures() async throws {
        for code in [3, 4, 11, 50, 51, 52, 80] {
            let result = try await changes([Self.entry(2, state: Self.state(3, 2)), .result(code)])
            #expect(throws: DirectoryError.self, "\(code)") { try result.get() }
        }
        for steps in [[Step.reset], [.hangUp], [], [.drip(milliseconds: 1000), Self.done]] {
            let result = try await changes(
                [Self.entry(2, state: Self.state(3, 2))] + steps, within: .seconds(1))
            #expect(throws: DirectoryError.self) { try result.get() }
        }
    }

    @Test("that ends a watch says so, and what to do about it")
    func endOfWatch() async throws {
        for (code, restarts) in [(4096, true), (53, true), (51, false), (0, false)] {
            var script = ScriptedPeer.Script()
            script.search = { search in
                let persists =
                    search.controls[Self.sync]?.starts(with: [0x30]) == true
                    && search.controls[Self.sync]?.dropFirst(4).first == 3
                guard persists else { return [Self.done] }
                return [
                    .intermediate(oid: Self.infoOID, [0xa1, 0]), Self.entry(2, state: Self.state(3, 2)),
                    .result(code),
                ]
            }
            let peer = try ScriptedPeer(script)
            let told = Told()
            let error = await failure { () async throws(DirectoryError) in
                try await peer.source().connect().watch(
                    since: ChangeCookie(kind: .contentSync, server: peer.url, bytes: Self.cookie), told.append
                )
            }
            guard case .refused(_, Int32(code), _) = error else {
                Issue.record("\(code): \(String(describing: error))")
                continue
            }
            #expect(told.all.last?.mustReadFully == (restarts || code == 0), "\(code)")
            #expect(told.all.contains { $0.hints == [Slapd.uuid(2)] }, "\(code)")
        }
    }
}

/// Names that were bound as.
private final class Names: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func append(_ name: String) { names.withLock { $0.append(name) } }
}
