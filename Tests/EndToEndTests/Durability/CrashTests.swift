import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// What was acknowledged is there after `kill -9`, and what was revoked does not come back.
    @Suite struct CrashTests {
        /// What the daemon has said is so.
        private struct Acknowledged {
            var tokens: [MadeToken] = []
            var revoked: Set<String> = []

            /// A token whose revocation was asked for and not acknowledged may be either.
            var unsure: Set<String> = []
        }

        @Test func `twenty crashes right after an answer lose nothing and bring nothing back`() throws {
            let daemon = try DaemonProcess()
            var known = Acknowledged()
            for cycle in 0..<20 {
                let socket = try daemon.connect()
                for number in 0...(cycle % 5) {
                    let name = JSONValue.service("c\(cycle)-\(number)")
                    known.tokens.append(
                        try MadeToken(
                            socket.ask(DaemonProcess.request("token.create", ["owner": name]))["result"]))
                    if number % 2 == 1, let token = known.tokens.dropLast().last {
                        let id = JSONValue.string(token.id)
                        let answer = try socket.ask(DaemonProcess.request("token.revoke", ["id": id]))
                        #expect(answer["result"]["state"] == "revoked")
                        known.revoked.insert(token.id)
                    }
                }
                try daemon.kill()
                try daemon.start()
                try expect(known, in: daemon)
            }
            #expect(known.revoked.count > 15)
        }

        @Test func `a crash in the middle of many requests loses none that was answered`() throws {
            let daemon = try DaemonProcess()
            var known = Acknowledged()
            for cycle in 0..<5 {
                let socket = try daemon.connect()
                let names = (0..<100).map { JSONValue.service("m\(cycle)-\($0)") }
                let creates = try names.map { try DaemonProcess.request("token.create", ["owner": $0]) }
                let revokes = try known.tokens.suffix(20).map { token in
                    try DaemonProcess.request("token.revoke", ["id": .string(token.id)])
                }
                known.unsure.formUnion(known.tokens.suffix(20).map(\.id))
                try socket.send((revokes + creates).joined(separator: "\n") + "\n")
                for _ in 0..<(20 + 13 * cycle) {
                    let result = try socket.value()["result"]
                    guard result["token"].text == nil else {
                        known.tokens.append(try MadeToken(result))
                        continue
                    }
                    if let id = result["id"].text { known.revoked.insert(id) }
                }
                try daemon.kill()
                try daemon.start()
                try expect(known, in: daemon)
            }
            #expect(known.tokens.count > 50)
        }

        private func expect(
            _ known: Acknowledged, in daemon: DaemonProcess, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let socket = try daemon.connect()
            let lines = try known.tokens.map { token in
                try DaemonProcess.request("token.verify", ["token": .string(token.token)]) + "\n"
            }
            try socket.send(lines.joined())
            for token in known.tokens {
                let answer = try socket.value()["result"]
                if known.revoked.contains(token.id) {
                    #expect(answer["reason"] == "revoked", sourceLocation: sourceLocation)
                } else if !known.unsure.contains(token.id) {
                    #expect(answer["active"] == true, sourceLocation: sourceLocation)
                }
            }
        }

        @Test func `a restart keeps the state of readings, and reads again only when that is due`() throws {
            let file = try PeopleFile(["alice", "bob"], crowd: 10)
            let daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
            let token = try daemon.create("alice")
            let before = try daemon.call("directory.status")["sources"][0]
            #expect(before["state"] == "current", "the first reading happens by itself")
            file.people.removeFirst()
            try file.write()
            for isCrash in [false, true] {
                if isCrash { try daemon.kill() } else { try daemon.terminate() }
                try daemon.start()
                for _ in 0..<50 {
                    let after = try daemon.call("directory.status")["sources"][0]
                    try #require(after["last_complete_at"] == before["last_complete_at"])
                    try #require(after["people"] == 12)
                }
                #expect(try daemon.verdict(token) == "active")
            }
            _ = try daemon.sync()
            try daemon.kill()
            try daemon.start()
            #expect(try daemon.verdict(token) == "obsolete")
        }

        @Test func `the directory is read at its interval, without anybody asking for it`() throws {
            let file = try PeopleFile(["alice", "bob"], crowd: 10)
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [file.directory("corp", "sync: {full_interval: 1s}")]))
            let token = try daemon.create("alice")
            file.people.removeFirst()
            try file.write()
            try eventually("the reading") { try daemon.verdict(token) == "obsolete" }
        }

        @Test func `tokens of those who left are purged after a reading, when the grace is over`() throws {
            let file = try PeopleFile(["alice", "bob"], crowd: 10)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.purge = "grace: 0s"
            let daemon = try DaemonProcess(settings)
            let token = try daemon.create("alice")
            let other = try daemon.create("bob")
            file.people.removeFirst()
            try file.write()
            _ = try daemon.sync()
            try eventually("the purge") {
                _ = try daemon.sync()
                return try daemon.state(token) == "purged"
            }
            #expect(try daemon.verdict(token) != "active")
            #expect(try daemon.verdict(other) == "active")
            let restored = try daemon.call("token.restore", ["id": .string(token.id)])
            #expect(restored["state"] == "obsolete", "its owner is still gone")
        }
    }
}
