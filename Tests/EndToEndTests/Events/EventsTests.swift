import AgentProtocol
import Testing

extension EndToEnd {
    /// What the daemon tells of by itself.
    @Suite struct EventsTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess

        init() throws {
            file = try PeopleFile(["alice", "bob"], crowd: 60)
            daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
        }

        /// A connection that has subscribed.
        private func subscribed(_ kinds: String...) throws -> RawSocket {
            let connection = try daemon.connect()
            let params: JSONValue = kinds.isEmpty ? [:] : ["kinds": .array(kinds.map { .string($0) })]
            let answer = try connection.ask(DaemonProcess.request("events.subscribe", params, id: 7))
            #expect(answer["id"] == 7)
            #expect(answer["result"]["subscription"].text != nil)
            return connection
        }

        /// The params of the next notification.
        private func event(_ connection: RawSocket) throws -> JSONValue {
            let message = try connection.value()
            #expect(message["method"] == "event")
            #expect(message["id"] == .null)
            return message["params"]
        }

        private func leave(_ logins: String...) throws {
            file.people.removeAll { logins.contains($0.login) }
            try file.write()
        }

        @Test func `a token's life is told in order, with growing revisions and no secret`() throws {
            let connection = try subscribed()
            let made = try daemon.create("alice")
            let id: JSONValue = ["id": .string(made.id)]
            try daemon.call("token.update", ["id": .string(made.id), "name": "n"])
            try daemon.call("token.revoke", ["id": .string(made.id), "reason": "between us"])
            try daemon.call("token.restore", id)
            let events = try (0..<4).map { _ in try event(connection) }
            #expect(
                events.map { $0["kind"].text } == [
                    "token.created", "token.updated", "token.revoked", "token.restored",
                ])
            let revisions = events.compactMap { $0["revision"].integer }
            #expect(revisions == revisions.sorted() && Set(revisions).count == 4)
            for event in events {
                #expect(event["token"].text == made.id)
                #expect(event["owner"] == ["source": "corp", "id": "id-alice"])
                let text = try event.line
                #expect(!text.contains(made.passCode) && !text.contains("between us"))
            }
        }

        @Test func `a departure is told with who it is and why, before the purge that it leads to`() throws {
            let connection = try subscribed("user.gone", "token.purged")
            let made = try daemon.create("alice")
            try leave("alice")
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(made) == "obsolete")
            let gone = try event(connection)
            #expect(gone["kind"] == "user.gone")
            #expect(gone["owner"] == ["source": "corp", "id": "id-alice"])
            #expect(gone["detail"].text?.contains("deleted") == true)
            let purged = try event(connection)
            #expect(purged["kind"] == "token.purged")
            #expect(purged["token"].text == made.id)
        }

        @Test func `a held plan is told, with the directory it is of`() throws {
            let connection = try subscribed("sync.held")
            for number in 0..<20 { try daemon.create(.string("p\(number)")) }
            file.people.removeAll { $0.login.hasPrefix("p1") }
            try file.write()
            let held = try daemon.sync()["held"]
            #expect(held != .null)
            let told = try event(connection)
            #expect(told["source"] == "corp")
            #expect(told["detail"].text?.contains(held["plan"].text ?? "?") == true)
        }

        @Test func `only what was asked for is told`() throws {
            let some = try subscribed("token.revoked")
            let all = try subscribed()
            let made = try daemon.create("alice")
            try daemon.call("token.revoke", ["id": .string(made.id)])
            #expect(try event(all)["kind"] == "token.created")
            #expect(try event(all)["kind"] == "token.revoked")
            #expect(try event(some)["kind"] == "token.revoked")
        }

        @Test func `a kind that there is not is refused by its name, and so are none`() throws {
            let unknown = try daemon.refusal("events.subscribe", ["kinds": ["user.gone", "user.left"]])
            #expect(unknown.known == .invalidParams)
            #expect(unknown.data?.member == "kinds.1")
            #expect(unknown.data?.detail?.contains("user.left") == true)
            let none = try daemon.refusal("events.subscribe", ["kinds": []])
            #expect(none.data?.member == "kinds")
        }

        @Test func `a connection has eight subscriptions at most, each told by its own name`() throws {
            let connection = try daemon.connect()
            let names = try (1...8).map { number in
                let line = try DaemonProcess.request("events.subscribe", id: Int64(number))
                return try connection.ask(line)["result"]["subscription"].text
            }
            #expect(Set(names).count == 8)
            let ninth = try connection.ask(DaemonProcess.request("events.subscribe", id: 9))
            #expect(ninth.refusal?.known == .limitExceeded)
            try daemon.create("alice")
            let told = try (0..<8).map { _ in try event(connection)["subscription"].text }
            #expect(Set(told) == Set(names))
        }

        @Test func `answers go on between events, and events are told after the answer that names them`()
            throws
        {
            let connection = try daemon.connect()
            // In one piece: the token is made while the subscription is still being answered.
            let subscribe = try DaemonProcess.request("events.subscribe", id: 1)
            let create = try DaemonProcess.request("token.create", ["owner": "alice"], id: 2)
            try connection.send("[\(subscribe),\(create)]\n")
            let batch = try connection.value()
            #expect(batch.items.map { $0["id"] } == [1, 2])
            let told = try event(connection)
            #expect(told["subscription"] == batch[0]["result"]["subscription"])
            #expect(told["kind"] == "token.created")
            let status = try connection.ask(DaemonProcess.request("agent.status", id: 3))
            #expect(status["id"] == 3)
        }

        @Test func `events are told to the connection's own role, and not on behalf of somebody`() throws {
            let made = try daemon.create("alice")
            let refusal = try daemon.refusal("events.subscribe", ["as": ["token": .string(made.token)]])
            #expect(refusal.known == .notPermitted)
        }

        @Test func `who sends no more after subscribing still hears`() throws {
            let connection = try subscribed("token.created")
            connection.endSending()
            try daemon.create("alice")
            #expect(try event(connection)["kind"] == "token.created")
        }

        @Test func `who may verify no more hears no more`() throws {
            let alice = try daemon.create("alice").token
            let admin = "role: admin, logins: [alice]"
            daemon.settings.access = [admin, "role: verifier, users: [\"*\"]"]
            try daemon.reload()
            let connection = try subscribed()
            daemon.settings.access = [admin]
            try daemon.reload()
            try daemon.call("token.create", ["owner": "bob", "as": ["token": .string(alice)]])
            #expect(try connection.lineOrEnd() == nil)
        }

        @Test func `an end of the daemon ends the subscription`() throws {
            let connection = try subscribed()
            #expect(try daemon.terminate() == 0)
            #expect(try connection.lineOrEnd() == nil)
        }
    }
}
