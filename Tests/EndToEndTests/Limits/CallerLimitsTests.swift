import AgentProtocol
import Testing

extension EndToEnd {
    /// What one caller may do in a second, and that being wrong is in nobody's way.
    @Suite struct CallerLimitsTests {
        @Test(.enabled(if: OtherUser.isPossible, "only root can act as other users"))
        func `who is no admin makes so many tokens in a second, and is told when to come again`() throws {
            let file = try PeopleFile(["games"], crowd: 10)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.socketMode = "0666"
            settings.limits = "creates_per_second: 5, tokens_per_owner: 1000"
            let daemon = try DaemonProcess(settings)
            let games = try OtherUser("games", at: daemon.socket)
            // More than may be made in the time that even a busy machine takes for them.
            let lines = try (1...100).map { number in
                try DaemonProcess.request(
                    "token.create", ["owner": "games", "name": .string("\(number)")], id: Int64(number))
            }
            let begun = ContinuousClock.now
            try games.socket.send(lines.joined(separator: "\n") + "\n")
            let answers = try lines.map { _ in try games.socket.value() }
            let seconds = begun.duration(to: .now) / .seconds(1)
            let refusals = answers.compactMap(\.refusal)
            #expect(refusals.allSatisfy { $0.known == .limitExceeded })
            let made = answers.count - refusals.count
            #expect(made >= 5 && Double(made) <= 5 + 5 * seconds, "\(made) in \(seconds) s")
            let wait = try #require(refusals.first?.data?.retryAfterMS)
            #expect((1...200).contains(wait))
            for number in 1...20 { try daemon.create("games", ["name": .string("admin \(number)")]) }
            try eventually("another may be made") {
                try games.socket.ask(lines[0].replacing("\"1\"", with: "\"again\"")).refusal == nil
            }
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can act as other users"))
        func `changing tokens has the pace of making them, and revoking has none`() throws {
            let file = try PeopleFile(["games"], crowd: 10)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.socketMode = "0666"
            settings.limits = "creates_per_second: 2"
            let daemon = try DaemonProcess(settings)
            let token = try daemon.create("games", ["retrievable": true])
            let games = try OtherUser("games", at: daemon.socket)
            let id = JSONValue.string(token.id)
            for (method, change) in [
                ("token.update", ["flags": []]), ("token.rotate", [:]), ("token.reveal", [:]),
            ] as [(String, [String: JSONValue])] {
                let lines = try (1...100).map { number in
                    try DaemonProcess.request(
                        method, .object(change.merging(["id": id]) { $1 }), id: Int64(number))
                }
                try games.socket.send(lines.joined(separator: "\n") + "\n")
                let refusals = try lines.compactMap { _ in try games.socket.value().refusal }
                #expect(refusals.contains { $0.known == .limitExceeded }, "\(method)")
                #expect(refusals.allSatisfy { $0.known == .limitExceeded }, "\(method)")
            }
            let revoke = try DaemonProcess.request("token.revoke", ["id": id], id: 1)
            #expect(try games.socket.ask(revoke).refusal == nil)
        }

        @Test func `who is wrong too often waits a second at most, and nothing else waits with it`() throws {
            let daemon = try DaemonProcess()
            let token = try daemon.create(.service("right"))
            let socket = try daemon.connect()
            // Unknown, as a wrong secret is: a token of another daemon.
            let elsewhere = try DaemonProcess()
            let unknown = try elsewhere.create(.service("elsewhere"))
            let bad = try DaemonProcess.request("token.verify", ["token": .string(unknown.token)], id: 1)
            let good = try DaemonProcess.request("token.verify", ["token": .string(token.token)], id: 2)
            // Beyond the second's allowance, but fewer than may be held.
            let count = Limits.refusalsPerSecondMax + Limits.refusalsHeldMax - 4
            let lines = String(repeating: bad + "\n", count: count) + good + "\n"
            var fewest = count
            // A machine that stands still meanwhile gives it another second's allowance.
            let took = try best(under: .seconds(5)) { _ in
                let begun = ContinuousClock.now
                for _ in 1...3 {
                    try socket.send(lines)
                    let before = try Self.unknownBefore(2, of: count, socket)
                    fewest = min(fewest, before)
                }
                return begun.duration(to: .now)
            }
            #expect(fewest < count, "some were held back, and the good one was not")
            #expect(took > .milliseconds(300) && took < .seconds(5), "\(took)")
            // Others of the same uid are as quick as ever, and the token is as good.
            let others = try daemon.connect()
            for _ in 1...100 { #expect(try others.ask(good)["result"]["active"] == true) }
        }

        /// How many wrong ones were answered before the good one, which has this id. All are.
        private static func unknownBefore(_ id: JSONValue, of count: Int, _ socket: RawSocket) throws -> Int {
            var before = 0
            for number in 0...count {
                let answer = try socket.value()
                if answer["id"] == id {
                    #expect(answer["result"]["active"] == true)
                    before = number
                } else {
                    #expect(answer["result"]["reason"] == "unknown")
                }
            }
            return before
        }

        @Test func `more that are wrong than may be held cost no memory and lose no answer`() throws {
            let daemon = try DaemonProcess()
            let elsewhere = try DaemonProcess()
            let unknown = try elsewhere.create(.service("elsewhere"))
            let socket = try daemon.connect()
            let bad = try DaemonProcess.request("token.verify", ["token": .string(unknown.token)], id: 1)
            for _ in 1...20 {
                try socket.send(String(repeating: bad + "\n", count: 500))
                for _ in 1...500 { #expect(try socket.value()["result"]["reason"] == "unknown") }
            }
            let batch = "[" + Array(repeating: bad, count: 64).joined(separator: ",") + "]"
            let begun = ContinuousClock.now
            #expect(try socket.ask(batch).items.count == 64)
            // And not as often as there are entries in it, a second each.
            #expect(begun.duration(to: .now) < .seconds(30), "a batch waits once")
        }

        @Test func `credentials that are not good are delayed as wrong tokens are`() throws {
            let daemon = try DaemonProcess()
            let socket = try daemon.connect()
            let line = try DaemonProcess.request(
                "agent.whoami",
                ["as": ["token": .string("tka_AAAAAAAA_" + String(repeating: "A", count: 44))]])
            let count = Limits.refusalsPerSecondMax + 50
            let begun = ContinuousClock.now
            try socket.send(String(repeating: line + "\n", count: count))
            for _ in 1...count { #expect(try socket.value().refusal?.reason == "bad_credentials") }
            #expect(begun.duration(to: .now) > .milliseconds(300))
        }
    }
}
