import AgentClient
import AgentProtocol
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// Those who follow events: slow ones, the client library, the command line.
    @Suite struct FollowingTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        private func subscribed() throws -> RawSocket {
            let connection = try daemon.connect()
            _ = try connection.ask(DaemonProcess.request("events.subscribe"))
            return connection
        }

        /// Changes one token again and again, as fast as the daemon takes it.
        private func change(_ made: MadeToken, times: Int) throws {
            let connection = try daemon.connect()
            let lines = try (0..<times).map { number in
                try DaemonProcess.request(
                    "token.update", ["id": .string(made.id), "name": .string("n\(number)")], id: Int64(number)
                )
            }
            let sender = Thread { for line in lines { try? connection.send(line: line) } }
            sender.start()
            for _ in 0..<times { _ = try connection.line() }
        }

        /// What one subscriber is told, until `count` are told or lost.
        private static func read(_ count: Int, from connection: RawSocket) throws -> [JSONValue] {
            var events: [JSONValue] = []
            var told = 0
            while told < count {
                let event = try connection.value()["params"]
                told += event["missed"].integer ?? 1
                events.append(event)
            }
            return events
        }

        @Test func `who does not read loses events, is told how many, and goes on; nobody waits for them`()
            throws
        {
            let made = try daemon.create(.service("s"))
            let slow = try subscribed()
            let quick = try subscribed()
            // More than are kept, and than a socket holds.
            let changes = 18_500
            let told = Mutex<Result<[JSONValue], any Error>?>(nil)
            Thread { told.withLock { $0 = Result { try Self.read(changes, from: quick) } } }.start()
            try change(made, times: changes)
            #expect(try daemon.verdict(made) == "active")
            let all = try #require(
                try eventually("the quick one has read all") {
                    told.withLockIfAvailable { $0 } ?? nil
                }
            ).get()
            let revisions = all.compactMap { $0["revision"].integer }
            #expect(revisions == revisions.sorted())
            #expect(all.count == changes, "who reads is told of each")

            let late = try Self.read(changes, from: slow)
            let losses = late.filter { $0["kind"] == "events.missed" }
            #expect(losses.count == 1)
            #expect(losses.compactMap { $0["missed"].integer }.reduce(0, +) + late.count - 1 == changes)
            try daemon.call("token.revoke", ["id": .string(made.id)])
            #expect(try slow.value()["params"]["kind"] == "token.revoked")
        }

        @Test func `the client library follows from its subscription on, one event after another`()
            async throws
        {
            struct Enough: Error {}
            let daemon = daemon
            var kinds: [String] = []
            await #expect(throws: Enough.self) {
                try await AgentEvents.follow(
                    path: daemon.socket, kinds: [.tokenCreated, .tokenRevoked],
                    onSubscribed: {
                        let made = try daemon.create(.service("s"))
                        try daemon.call("token.revoke", ["id": .string(made.id)])
                    },
                    onEvent: { event in
                        kinds.append(event.kind)
                        if kinds.count == 2 { throw Enough() }
                    })
            }
            #expect(kinds == ["token.created", "token.revoked"])
        }

        @Test func `a daemon that goes away, or refuses, ends the following with its reason`() async throws {
            let daemon = daemon
            await #expect(throws: AgentClientError.closed) {
                try await AgentEvents.follow(
                    path: daemon.socket, onSubscribed: { try daemon.kill() }, onEvent: { _ in })
            }
            await #expect(throws: AgentClientError.self) {
                try await AgentEvents.follow(path: daemon.socket, onEvent: { _ in })
            }
        }

        @Test func `a task that is cancelled follows no more`() async throws {
            let path = daemon.socket
            let (subscribed, tell) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await AgentEvents.follow(
                    path: path, onSubscribed: { tell.yield() }, onEvent: { _ in })
            }
            for await _ in subscribed { break }
            task.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await task.value }
        }

        /// A service that hands events on by NIO would else take its own failure for the daemon's.
        @Test(arguments: [ChannelError.eof, .ioOnClosedChannel])
        func `what a closure throws is what the following ends with`(error: ChannelError) async throws {
            await #expect(throws: error) {
                try await AgentEvents.follow(
                    path: daemon.socket, onSubscribed: { throw error }, onEvent: { _ in })
            }
        }

        @Test func `a daemon that does not answer is not waited for`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            await #expect(throws: AgentClientError.timedOut) {
                try await AgentEvents.follow(
                    path: silent.path, timeout: .milliseconds(100), onEvent: { _ in })
            }
        }

        @Test func `who has subscribed waits for events as long as it takes`() async throws {
            let daemon = daemon
            var kinds: [String] = []
            await #expect(throws: AgentClientError.closed) {
                try await AgentEvents.follow(
                    path: daemon.socket, kinds: [.tokenCreated], timeout: .seconds(1),
                    onSubscribed: {
                        // Longer than that.
                        try await Task.sleep(for: .seconds(2))
                        try daemon.create(.service("s"))
                    },
                    onEvent: { event in
                        kinds.append(event.kind)
                        try daemon.kill()
                    })
            }
            #expect(kinds == ["token.created"])
        }

        /// As a daemon does that has too many connections of the user already.
        @Test func `why it is hung up on at once is told`() async throws {
            let folder = try TemporaryFolder()
            let endpoint = try UnixEndpoint(listeningAt: folder.file("s"))
            Thread.detachNewThread {
                while let connection = endpoint.accept() {
                    try? connection.send(
                        line: #"{"jsonrpc":"2.0","id":null,"error":{"code":-32007,"message":"x"}}"#)
                }
            }
            for _ in 0..<200 {
                do {
                    try await AgentEvents.follow(path: folder.file("s"), onEvent: { _ in })
                } catch AgentClientError.refused(let error) {
                    #expect(error.known == .limitExceeded)
                }
            }
            endpoint.stop()
        }

        @Test func `the command line shows a line each, and JSON as it came`() throws {
            let folder = try TemporaryFolder()
            let plain = try follow(folder, "plain", "--kind", "token.created")
            let json = try follow(folder, "json", "--kind", "token.created", "--json")
            // Until both have subscribed.
            var number = 0
            let (line, text) = try eventually("a line of each") {
                number += 1
                try daemon.create(.service("s\(number)"))
                let line = try Self.lastLine(of: folder.text(of: "plain"))
                let text = try Self.lastLine(of: folder.text(of: "json"))
                return if let line, let text { (line, text) } else { nil }
            }
            #expect(
                line.contains(
                    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S+  token\.created  token \w{8}  service:s\d+$/))
            let event = try JSONValue(line: String(text))
            #expect(event["kind"] == "token.created")
            #expect(event["owner"]["source"] == "service")
            for child in [plain, json] { child.signal(SIGINT) }
            for child in [plain, json] { #expect(try child.wait() == -SIGINT) }
        }

        /// The last that is whole.
        private static func lastLine(of text: String) -> Substring? {
            text.lastIndex(of: "\n").flatMap { text[..<$0].split(separator: "\n").last }
        }

        private func follow(
            _ folder: TemporaryFolder, _ name: String, _ arguments: String...
        ) throws -> ChildProcess {
            try ChildProcess(
                .init(
                    command: [DaemonProcess.executable, "events"] + arguments,
                    environment: ["TOKENAGENT_SOCKET": daemon.socket],
                    output: folder.write("", to: name)))
        }
    }
}
