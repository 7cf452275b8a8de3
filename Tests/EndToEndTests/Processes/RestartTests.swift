import AgentProtocol
import Foundation
import Glibc
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// Restarts while everybody goes on asking, with a socket that outlives them.
    @Suite struct RestartTests {
        static let restarts = 100
        static let callers = 4

        @Test func `a hundred restarts under load refuse no connection and lose nothing acknowledged`() throws
        {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.settings.log = "level: warning"
            daemon.settings.limits = "tokens_per_owner: 100000"
            let passed = try UnixEndpoint(listeningAt: daemon.socket)
            daemon.descriptors = [3: passed.descriptor]
            try daemon.start()
            let load = RestartLoad(socket: daemon.socket, callers: Self.callers)
            for _ in 1...Self.restarts {
                let code = try daemon.terminate()
                let log = try code == 0 ? "" : daemon.log
                #expect(code == 0, "\(log)")
                try daemon.launch()
                // Until somebody is answered by the new one: each may have one answer of the old one's yet.
                let before = load.tally.answered + Self.callers
                try eventually("an answer") { load.tally.answered > before }
            }
            let tally = load.stop()
            #expect(tally.refusedConnections == 0)
            #expect(tally.unexpected == [])
            #expect(tally.created.count > Self.restarts)
            for token in tally.created { try #require(try daemon.verdict(token) == "active") }
            #expect(try daemon.terminate() == 0)
        }

        @Test func `what comes while it stops is told so, and what was taken is answered`() throws {
            let daemon = try DaemonProcess()
            let caller = try daemon.connect()
            let line = try DaemonProcess.request("token.create", ["owner": .service("last")])
            try caller.send(line: line)
            #expect(try caller.value().refusal == nil)
            daemon.child?.signal(SIGTERM)
            var answers = 0
            do {
                while let text = try caller.lineOrEnd() {
                    answers += 1
                    #expect(try JSONValue(line: text).refusal?.known == .shuttingDown)
                }
            } catch is FixtureFailure {}
            #expect(answers == 0, "nothing was asked")
            #expect(try daemon.wait() == 0)
        }
    }
}

/// Callers who each make and verify tokens, one connection after another.
final class RestartLoad: Sendable {
    struct Tally: Sendable {
        var answered = 0
        var refusedConnections = 0
        /// Answers that are neither what was asked for nor "not now".
        var unexpected: [String] = []
        /// Tokens whose making was acknowledged.
        var created: [String] = []
    }

    private let state = Mutex(Tally())
    private let stopping = Atomic(false)
    private let threads = DispatchGroup()

    init(socket: String, callers: Int) {
        for caller in 0..<callers {
            threads.enter()
            Thread.detachNewThread { [self] in
                defer { threads.leave() }
                var round = 0
                while !stopping.load(ordering: .relaxed) {
                    round += 1
                    call(socket, owner: "load-\(caller)", name: "\(round)")
                }
            }
        }
    }

    var tally: Tally { state.withLock { $0 } }

    func stop() -> Tally {
        stopping.store(true, ordering: .relaxed)
        threads.wait()
        return tally
    }

    /// One connection: a token made, and verified a few times. That it ends without an answer is no loss:
    /// nothing was acknowledged.
    private func call(_ path: String, owner: String, name: String) {
        let socket: RawSocket
        do { socket = try RawSocket(path: path) } catch {
            return state.withLock { $0.refusedConnections += 1 }
        }
        do {
            let made = try ask(
                socket, "token.create", ["owner": .service(owner), "name": .string(name)])
            guard let token = made?["token"].text else { return }
            state.withLock { $0.created.append(token) }
            for _ in 1...3 {
                guard let verdict = try ask(socket, "token.verify", ["token": .string(token)]) else { return }
                if verdict["active"] != true { try note("\(verdict.line)") }
            }
        } catch is FixtureFailure {
            // The connection has ended.
        } catch {
            state.withLock { $0.unexpected.append("\(error)") }
        }
    }

    /// nil when it is told to come again.
    private func ask(_ socket: RawSocket, _ method: String, _ params: JSONValue) throws -> JSONValue? {
        let answer = try socket.ask(DaemonProcess.request(method, params))
        if let refusal = answer.refusal {
            if refusal.known != .shuttingDown { note("\(refusal)") }
            return nil
        }
        state.withLock { $0.answered += 1 }
        return answer["result"]
    }

    private func note(_ text: String) { state.withLock { $0.unexpected.append(text) } }
}
