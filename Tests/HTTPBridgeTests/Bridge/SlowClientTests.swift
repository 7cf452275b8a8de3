import AgentProtocol
import Foundation
import Glibc
import HTTPBridge
import NIOCore
import Testing

@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized) struct SlowClientTests {
        private static func house(
            _ change: (inout BridgeTimeouts) -> Void, _ body: (House) async throws -> Void
        ) async throws {
            var timeouts = BridgeTimeouts()
            change(&timeouts)
            try await House.open(.init(timeouts: timeouts), body)
        }

        @Test("Who connects and says nothing is closed, and so is who drips the head of a request")
        func limitsHeads() async throws {
            try await Self.house {
                $0.idle = .milliseconds(300)
            } _: { house in
                #expect(try await house.http.exchange("").isEmpty)
                let head = "GET /healthz HTTP/1.1\r\nX-Long: " + String(repeating: "x", count: 400)
                let sent = try await house.http.drip(head, every: .milliseconds(50))
                #expect(sent < head.utf8.count)
            }
        }

        @Test("A connection serves one request after the other until it has been silent for too long")
        func keepsConnections() async throws {
            try await Self.house {
                // Not so short that a client who is held up between connecting and asking is silent too long.
                $0.idle = .seconds(3)
            } _: { house in
                let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                let answers = try await house.http.exchange(request + request)
                #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            }
        }

        @Test("A body that nobody asked for is not waited for", arguments: ["/healthz", "/auth", "/nothing"])
        func leavesBodies(path: String) async throws {
            try await House.open { house in
                for body in ["Content-Length: 100000", "Transfer-Encoding: chunked"] {
                    let head = "GET \(path) HTTP/1.1\r\nHost: x\r\n\(body)\r\n\r\n"
                    // The connection ends, or this would not.
                    let answer = try await house.http.raw(head + "5\r\n")
                    #expect([200, 401, 404].contains(answer.status))
                    #expect(answer["Connection"] == "close")
                }
                let none = "GET \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                let last = "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                let answers = try await house.http.exchange(none + last)
                #expect(answers.components(separatedBy: "HTTP/1.1 ").count == 3)
            }
        }

        @Test("Who asks and does not read is closed, and what is unread does not pile up")
        func limitsUnreadAnswers() async throws {
            try await Self.house {
                $0.answer = .milliseconds(200)
            } _: { house in
                let one = try await house.http.send("GET", "/openapi.json").body.utf8.count
                // More than all buffers between would hold.
                let count = (64 << 20) / one
                let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
                let asked = String(repeating: request, count: count)
                let got = try await house.http.exchangeUnread(asked)
                #expect(got.utf8.count < count * one / 2, "\(got.utf8.count) of \(count * one)")
                #expect(try await house.http.send("GET", "/healthz").status == 200)
            }
        }

        @Test("Requests that wait behind an answer that is not read take little memory")
        func leavesRequestsUnread() async throws {
            try await House.open(.init(socketMode: "0666")) { house in
                let bridge = try await BridgeProcess(socket: house.daemon.socket)
                defer { bridge.stop() }
                let http = HTTPClient(port: bridge.port)
                _ = try await http.send("GET", "/openapi.json")
                let before = try Self.kilobytes(of: bridge.pid)
                let large = String(repeating: "GET /openapi.json HTTP/1.1\r\n\r\n", count: 200)
                let small = String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 60_000)
                var channels: [any Channel] = []
                for _ in 1...20 { channels.append(try await http.sendUnread(large + small)) }
                // On whichever event loop: by then each has read what there was.
                for _ in 1...50 { #expect(try await http.send("GET", "/healthz").status == 200) }
                let grown = try Self.kilobytes(of: bridge.pid) - before
                #expect(grown < 20 * 2048, "\(grown) KiB for 20 connections")
                for channel in channels { try await channel.close() }
            }
        }

        private static func kilobytes(of process: pid_t) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        }
    }
}
