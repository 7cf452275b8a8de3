import AgentProtocol
import Glibc
import Synchronization
import Testing

@testable import RealServers

/// Four people on two pages; the second comes as long as it likes.
private final class SilentPeer: Sendable {
    let peer: ScriptedPeer
    private let silent: Silence

    private final class Silence: Sendable {
        /// Whether it is silent, and how many wait for it to end.
        let state: Mutex<(isThere: Bool, waiting: Int)>
        init(_ isThere: Bool) { state = Mutex((isThere, 0)) }
    }

    init(silent isSilent: Bool) throws {
        let silence = Silence(isSilent)
        silent = silence
        var script = ScriptedPeer.Script()
        script.search = { search in
            switch search.cookie {
            // Somebody is looked up; or changes are asked for, which it cannot tell.
            case nil: (search.controls.isEmpty ? [Self.person(1)] : []) + [.result(0)]
            case []?: [Self.person(1), Self.person(2), Self.page("2")]
            default:
                silence.state.withLock { state in
                    guard state.isThere else { return [Self.person(3), Self.person(4), Self.page("")] }
                    state.waiting += 1
                    return []
                }
            }
        }
        peer = try ScriptedPeer(script)
    }

    func fallSilent() { silent.state.withLock { $0.isThere = true } }

    /// How many second pages were asked for in vain.
    var waiting: Int { silent.state.withLock { $0.waiting } }

    var directory: String {
        DaemonSettings.directory(
            "corp",
            [
                "url: \(peer.url)", "allow_cleartext: true", "base: \(Slapd.people)", "id: entryUUID",
                "sync: {persist: false}",
            ])
    }

    private static func person(_ number: Int) -> ScriptedPeer.Step {
        .entry(
            dn: Array("uid=p\(number),\(Slapd.people)".utf8),
            [("entryUUID", [Array(Slapd.uuid(number).utf8)]), ("uid", [Array("p\(number)".utf8)])])
    }

    private static func page(_ cookie: String) -> ScriptedPeer.Step {
        .result(0, controls: [PeerWire.page(Array(cookie.utf8))])
    }
}

extension EndToEnd {
    /// The daemon is stopped while a directory is read, which says no more.
    @Suite struct CalledOffTests {
        /// Stops the daemon; how long until it was gone.
        private func stop(_ daemon: DaemonProcess, _ callers: [RawSocket]) throws -> Duration {
            let begun = ContinuousClock.now
            daemon.child?.signal(SIGTERM)
            for caller in callers {
                #expect(try caller.value().refusal?.known == .shuttingDown)
                #expect(try caller.lineOrEnd() == nil)
            }
            #expect(try daemon.wait() == 0)
            return begun.duration(to: .now)
        }

        private func ask(_ daemon: DaemonProcess, _ method: String = "directory.sync") throws -> RawSocket {
            let caller = try daemon.connect()
            try caller.send(line: DaemonProcess.request(method))
            return caller
        }

        @Test func `a reading that was asked for is called off at once, and nothing of it is done`() throws {
            let directory = try SilentPeer(silent: false)
            let daemon = try DaemonProcess(DaemonSettings(directories: [directory.directory]))
            let token = try daemon.create("p1")
            let before = try daemon.call("directory.status")["sources"][0]
            #expect(before["people"] == 4 && before["state"] == "current")
            directory.fallSilent()
            let took = try best(under: .seconds(2)) { _ in
                let (callers, waiting) = ([try ask(daemon)], directory.waiting)
                try eventually("the second page") { directory.waiting > waiting }
                let took = try stop(daemon, callers)
                try daemon.start()
                return took
            }
            #expect(took < .seconds(2), "\(took)")
            let after = try daemon.call("directory.status")["sources"][0]
            #expect(after["people"] == 4 && after["last_complete_at"] == before["last_complete_at"])
            #expect(after["held"] == .null)
            #expect(try daemon.verdict(token) == "active")
            #expect(try stop(daemon, []) < .seconds(30))
        }

        @Test func `those that wait for a scheduled one, and a test, are called off with it`() throws {
            let directory = try SilentPeer(silent: true)
            let took = try best(under: .seconds(2)) { _ in
                let daemon = try DaemonProcess(unstarted: DaemonSettings(directories: [directory.directory]))
                let waiting = directory.waiting
                try daemon.start()
                try eventually("the scheduled one") { directory.waiting > waiting }
                let callers = try [ask(daemon), ask(daemon), ask(daemon, "directory.test")]
                try eventually("the test") { directory.waiting > waiting + 1 }
                return try stop(daemon, callers)
            }
            #expect(took < .seconds(2), "\(took)")
        }
    }
}
