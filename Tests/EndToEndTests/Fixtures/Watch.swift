import AgentProtocol
import Foundation
import Synchronization

/// Verifies tokens again and again, on a thread and a connection of its own, until it is ended.
final class Watch: Sendable {
    private let socket: String
    private let tokens: [String]
    private let isEnded = Mutex(false)
    private let counted = Mutex(0)
    private let wrong = Mutex<[String]>([])
    private let done = DispatchSemaphore(value: 0)

    /// The first of the tokens may be revoked meanwhile; all others are good.
    init(_ daemon: DaemonProcess, _ tokens: [MadeToken]) {
        socket = daemon.socket
        self.tokens = tokens.map(\.token)
    }

    var count: Int { counted.withLock { $0 } }

    func begin() {
        Thread.detachNewThread {
            do { try self.run() } catch { self.wrong.withLock { $0.append("\(error)") } }
            self.done.signal()
        }
    }

    /// Waits for so many more.
    func more(_ number: Int) throws {
        let before = count
        try eventually("more verifies") { count >= before + number || !wrong.withLock(\.isEmpty) }
    }

    /// What was answered wrongly or not at all.
    func end() -> [String] {
        isEnded.withLock { $0 = true }
        done.wait()
        return wrong.withLock { $0 }
    }

    private func run() throws {
        let connection = try RawSocket(path: socket)
        var number = 0
        while !isEnded.withLock({ $0 }) {
            let token = tokens[number % tokens.count]
            let answer = try connection.ask(
                DaemonProcess.request("token.verify", ["token": .string(token)]))["result"]
            let isRevoked = number % tokens.count == 0 && answer["reason"] == "revoked"
            if answer["active"] != true, !isRevoked { wrong.withLock { $0.append("\(answer)") } }
            counted.withLock { $0 += 1 }
            number += 1
        }
    }
}
