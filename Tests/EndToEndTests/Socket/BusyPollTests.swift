import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// Somebody asks, waits for the answer, and asks again at once.
    @Suite struct BusyPollTests {
        private let daemon: DaemonProcess
        private let token: MadeToken

        init() throws {
            daemon = try DaemonProcess()
            token = try daemon.create(.service("busy"))
        }

        private func ask(_ socket: RawSocket, _ ids: ClosedRange<Int64>) throws {
            for id in ids {
                let answer = try socket.ask(
                    DaemonProcess.request("token.verify", ["token": .string(token.token)], id: id))
                try #require(answer["id"].integer == Int(id))
                try #require(answer["result"]["active"] == true)
            }
        }

        @Test func `who asks again and again is answered each time, and other methods in between`() throws {
            let socket = try daemon.connect()
            for round in Int64(0)..<20 {
                try ask(socket, round * 100...round * 100 + 99)
                let shown = try socket.ask(DaemonProcess.request("agent.whoami", [:], id: 1))
                try #require(shown["result"]["uid"].integer != nil)
            }
            // Half a line, and the rest when nobody waits for it any more.
            let line = try DaemonProcess.request("token.verify", ["token": .string(token.token)], id: 7)
            try socket.send(String(line.prefix(20)))
            usleep(20_000)
            try socket.send(line.dropFirst(20) + "\n")
            #expect(try socket.value()["id"] == 7)
        }

        @Test func `who asks for many at once, again and again, has all of them answered in order`() throws {
            let socket = try daemon.connect()
            let token: JSONValue = ["token": .string(token.token)]
            for _ in 0..<200 {
                try socket.send(
                    (1...64).map { try DaemonProcess.request("token.verify", token, id: $0) + "\n" }.joined())
                for id in 1...64 {
                    let answer = try socket.value()
                    try #require(answer["id"].integer == id)
                    try #require(answer["result"]["active"] == true)
                }
            }
        }

        @Test func `others on all event loops are answered meanwhile`() throws {
            let busy = try daemon.connect()
            let others = try (0..<8).map { _ in try daemon.connect() }
            for round in Int64(0)..<20 {
                try ask(busy, round * 100...round * 100 + 99)
                let line = try DaemonProcess.request(
                    "token.verify", ["token": .string(token.token)], id: 3)
                for other in others { try other.send(line + "\n") }
                try ask(busy, 1...50)
                for other in others { try #require(try other.value()["id"] == 3) }
            }
        }

        @Test func `nobody waits for who has gone away, or asks no more`() throws {
            let socket = try daemon.connect()
            try ask(socket, 1...2000)
            let gone = try daemon.connect()
            try ask(gone, 1...2000)
            gone.endSending()
            let (begun, spent) = (ContinuousClock.now, try daemon.facts.processorSeconds)
            usleep(1_000_000)
            let seconds = Double(begun.duration(to: .now).components.seconds)
            #expect((try daemon.facts.processorSeconds - spent) / seconds < 0.1)
            try ask(socket, 1...2)
        }
    }
}
