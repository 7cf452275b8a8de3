import Foundation
import Synchronization
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// What no real server can be made to do at will.
@Suite("a reading of a peer that misbehaves", .serialized)
struct MisbehavingPeerTests {
    private typealias Step = ScriptedPeer.Step

    private func reading(
        page: Int, within deadline: Duration = .seconds(60), instead steps: [ScriptedPeer.Step]
    ) async throws -> (error: DirectoryError?, seen: Set<String>, reading: Enumeration?) {
        var script = ScriptedPeer.Script()
        script.search = { ScriptedPeer.Step.pages(of: $0, page, instead: steps) }
        let peer = try ScriptedPeer(script)
        let seen = Collected()
        var reading: Enumeration?
        let error = await failure { () async throws(DirectoryError) in
            reading = try await peer.source { $0.timing.deadline = deadline }.connect().enumerate(seen.append)
        }
        return (error, Set(seen.people.map(\.login)), reading)
    }

    @Test("is complete if it does not")
    func control() async throws {
        let all = try await reading(page: 0, instead: [])
        #expect(all.error == nil && all.seen.count == 10)
        #expect(all.reading?.pages == 5 && all.reading?.method == "paged")
    }

    @Test(
        "is not complete with any code but success on page k, and who was seen is alive",
        arguments: [1, 3, 4, 10, 11, 32, 51, 52, 53, 80], [1, 3])
    func codes(_ code: Int, _ page: Int) async throws {
        let broken = try await reading(page: page, instead: [.person(99), .result(code, "because")])
        guard case .refused(_, Int32(code), let detail) = broken.error else {
            Issue.record("\(code): \(String(describing: broken.error))")
            return
        }
        #expect(detail.contains("because"))
        #expect(broken.seen.count == (page - 1) * 2 + 1)
    }

    @Test("ends when it is abandoned, however silent the peer is")
    func abandoned() async throws {
        var script = ScriptedPeer.Script()
        script.search = { ScriptedPeer.Step.pages(of: $0, 2, instead: []) }
        let peer = try ScriptedPeer(script)
        let session = try await peer.source().connect()
        let cutting = Task { session.abandon() }
        let error = await failure { () async throws(DirectoryError) in
            try await session.enumerate { _ in }
        }
        await cutting.value
        #expect(error == .cancelled)
    }

    @Test("is not complete if the connection ends in any way")
    func ends() async throws {
        let whole = PeerWire.message(3, PeerWire.entry(Array("uid=a".utf8), []))
        let notice = PeerWire.message(
            0,
            PeerWire.element(
                0x78,
                PeerWire.integer(52, tag: 0x0a) + PeerWire.octets([]) + PeerWire.octets([])
                    + PeerWire.element(0x8a, Array("1.3.6.1.4.1.1466.20036".utf8))))
        let ways: [[ScriptedPeer.Step]] = [
            [.reset], [.hangUp], [.person(5), .reset], [.person(5), .hangUp],
            [.octets(Array(whole.dropLast(5))), .hangUp], [.octets(notice), .hangUp],
            [.octets([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), .hangUp],
            [.octets(Array("HTTP/1.1 400\r\n\r\n".utf8)), .hangUp],
        ]
        for (index, steps) in ways.enumerated() {
            let broken = try await reading(page: 3, instead: steps)
            guard case .unreachable = broken.error else {
                Issue.record("\(index): \(String(describing: broken.error))")
                continue
            }
            #expect(broken.seen.count >= 4)
        }
    }

    @Test("is over at once if a message is to be longer than any")
    func hugeMessage() async throws {
        // 16 MiB and 16 octets, of which the first come.
        let huge = Step.octets([0x30, 0x84, 1, 0, 0, 16] + Array(repeating: 0, count: 64))
        let broken = try await reading(page: 3, within: .seconds(20), instead: [huge])
        var script = ScriptedPeer.Script()
        script.onConnect = [huge]
        let peer = try ScriptedPeer(script)
        for startTLS in [true, false] {
            let error = await failure { () async throws(DirectoryError) in
                try await peer.source {
                    $0.startTLS = startTLS
                    $0.timing.connect = .seconds(20)
                }.connect()
            }
            guard case (.unreachable, .unreachable) = (broken.error, error) else {
                Issue.record("\(String(describing: broken.error)), \(String(describing: error))")
                continue
            }
        }
    }

    @Test("is not complete if there are more entries than a directory has")
    func endless() async throws {
        var script = ScriptedPeer.Script()
        script.search = { Step.pages(of: $0, 0, instead: []) }
        let peer = try ScriptedPeer(script)
        #expect(try await peer.source { $0.entriesMax = 10 }.connect().enumerate { _ in }.people == 10)
        let seen = Collected()
        let error = await failure { () async throws(DirectoryError) in
            try await peer.source { $0.entriesMax = 9 }.connect().enumerate(seen.append)
        }
        #expect(error == .incomplete(server: peer.url, reason: "it sends more than 9 entries"))
        #expect(seen.people.count == 9)
    }

    @Test("ends at its deadline if the peer drips, is silent, or pages for ever")
    func slow() async throws {
        let ways: [[ScriptedPeer.Step]] = [
            [.drip(milliseconds: 300), .person(5), .person(6), .page("4")], [], [.person(5)],
            [.person(5), .page("3")], [.octets([0x30])], [.octets([0x30, 0x84, 0, 0, 0xff, 0xff, 2])],
        ]
        for (index, steps) in ways.enumerated() {
            let began = ContinuousClock.now
            let broken = try await reading(page: 3, within: .seconds(1), instead: steps)
            guard case .timedOut = broken.error else {
                Issue.record("\(index): \(String(describing: broken.error))")
                continue
            }
            #expect(began.duration(to: .now) < .seconds(20))
        }
    }

    @Test("ends at the page's own deadline if the peer falls silent in the middle of it")
    func silentPage() async throws {
        var script = ScriptedPeer.Script()
        script.search = { ScriptedPeer.Step.pages(of: $0, 3, instead: [.person(5)]) }
        let peer = try ScriptedPeer(script)
        let began = ContinuousClock.now
        let error = await failure { () async throws(DirectoryError) in
            try await peer.source { $0.timing.page = .seconds(1) }.connect().enumerate { _ in }
        }
        #expect(error == .timedOut(server: peer.url, phase: "enumeration, page 3"))
        #expect(began.duration(to: .now) < .seconds(20))
    }

    @Test("does not mind entries that are repeated or in another order")
    func repeated() async throws {
        let odd = try await reading(
            page: 3, instead: [.person(6), .person(1), .person(5), .person(5), .person(6), .page("4")])
        #expect(odd.error == nil && odd.seen.count == 10)
        #expect(odd.reading?.people == 10)
    }

    @Test("is not complete if entries have no id, or one of somebody else's, or no readable name")
    func entries() async throws {
        let nobody = Step.entry(dn: Array("uid=x".utf8), [("uid", [[120]])])
        let two = Step.entry(
            dn: Array("uid=x".utf8),
            [("entryUUID", [Array(Slapd.uuid(5).utf8), Array(Slapd.uuid(6).utf8)])])
        let id = [("entryUUID", [Array(Slapd.uuid(50).utf8)])]
        let ways: [[Step]] = [
            [nobody, .page("4")], [two, .page("4")], [.person(5, id: "x"), .page("4")],
            [.person(5, id: ""), .page("4")], [.person(1, dn: "uid=other"), .page("4")],
            [.person(50), .person(50, dn: "uid=P50,\(Slapd.people)"), .page("4")],
            [.entry(dn: Array("uid=a\0b".utf8), id), .page("4")],
            [.entry(dn: [0xff, 0xfe], id), .page("4")],
            [.entry(dn: Array("cn=".utf8) + Array(repeating: 120, count: 16_382), id), .page("4")],
            [.person(5), .reference("ldap://other.example.org/"), .page("4")],
        ]
        for (index, steps) in ways.enumerated() {
            let broken = try await reading(page: 3, instead: steps)
            guard case .incomplete = broken.error else {
                Issue.record("\(index): \(String(describing: broken.error))")
                continue
            }
        }
    }

    @Test("is not complete with a reference, which is counted and never followed")
    func reference() async throws {
        let asked = Mutex(0)
        var elsewhere = ScriptedPeer.Script()
        elsewhere.bind = { _ in
            asked.withLock { $0 += 1 }
            return (0, "")
        }
        let other = try ScriptedPeer(elsewhere)
        let reference = Step.reference("\(other.url)/ou=elsewhere,\(Slapd.people)??sub")
        let broken = try await reading(page: 3, instead: [.person(5), reference, reference, .page("4")])
        guard case .incomplete(_, let reason) = broken.error else {
            Issue.record("\(String(describing: broken.error))")
            return
        }
        #expect(reason.hasPrefix("2 references to other servers"))
        #expect(broken.seen.count == 9)
        #expect(asked.withLock { $0 } == 0)
    }

    @Test("is not complete if a cookie is lost, malformed, or there are two")
    func cookies() async throws {
        let twice = [PeerWire.page([]), PeerWire.page(Array("4".utf8))]
        let ways: [[Step]] = [
            [.person(5), .result(0)], [.person(5), .result(0, controls: [(PeerWire.pagedResults, [0x30])])],
            [.person(5), .result(0, controls: twice)], [.person(5), .result(0, controls: twice.reversed())],
        ]
        for (index, steps) in ways.enumerated() {
            let broken = try await reading(page: 3, instead: steps)
            guard case .incomplete = broken.error else {
                Issue.record("\(index): \(String(describing: broken.error))")
                continue
            }
        }
    }

    @Test("names with every odd octet in them are read as they are")
    func names() async throws {
        let names = [
            #"cn=\28 \29 \2A \5C \2C \23 \22 \2B,ou=people,dc=example,dc=org"#, #"cn=a\00b,dc=org"#,
            #"cn=\ a\ ,dc=org"#, "cn=#04024869,dc=org", "cn=Ünï+uid=x,dc=org", #"cn=\C3\9C,dc=org"#,
            String(repeating: "ou=x,", count: 2000) + "dc=org", "",
        ]
        var script = ScriptedPeer.Script()
        script.search = { _ in
            names.enumerated().map { .person($0.offset + 1, dn: $0.element) } + [.page("")]
        }
        let peer = try ScriptedPeer(script)
        let seen = Collected()
        #expect(try await peer.source().connect().enumerate(seen.append).people == names.count)
        #expect(seen.people.map(\.dn) == names)
    }

    @Test(
        "never begins with a peer that drips, resets or is silent in the handshake",
        arguments: ["ldap", "ldaps"])
    func handshake(_ scheme: String) async throws {
        let record: [UInt8] = [0x16, 3, 3, 0x3f, 0xff] + [UInt8](repeating: 2, count: 4000)
        let ways: [([Step], isLate: Bool)] = [
            ([.drip(milliseconds: 20), .octets(record)], true), ([.reset], false), ([.hangUp], false),
            ([.octets(Array("220 smtp.example.org ESMTP\r\n".utf8)), .hangUp], false),
        ]
        for (index, way) in ways.enumerated() {
            var script = ScriptedPeer.Script()
            script.onConnect = way.0
            let peer = try ScriptedPeer(script)
            let began = ContinuousClock.now
            let error = await failure { () async throws(DirectoryError) in
                let url = scheme == "ldap" ? peer.url : peer.secureURL
                return try await peer.source(url) { $0.timing.connect = .seconds(way.isLate ? 1 : 60) }
                    .connect()
            }
            #expect(began.duration(to: .now) < .seconds(20))
            switch error {
            case .timedOut: #expect(way.isLate, "\(index)")
            case .unreachable, .insecure: #expect(!way.isLate || scheme == "ldap", "\(index)")
            default: Issue.record("\(index): \(String(describing: error))")
            }
        }
    }
}
