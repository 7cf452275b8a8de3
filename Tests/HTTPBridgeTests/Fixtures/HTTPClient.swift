import AgentProtocol
import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A client that sends exactly what it is told, one request a connection.
struct HTTPClient: Sendable {
    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    struct Answer: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: String

        subscript(_ header: String) -> String? {
            headers.first { $0.name.lowercased() == header.lowercased() }?.value
        }

        var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(body.utf8)) }
    }

    func send(
        _ method: String, _ target: String, _ headers: [String: String] = [:], json: JSONValue
    ) async throws -> Answer {
        let body = String(decoding: try JSONEncoder().encode(json), as: UTF8.self)
        let type = ["Content-Type": "application/json"].merging(headers) { $1 }
        return try await send(method, target, type, body: body)
    }

    func send(
        _ method: String, _ target: String, _ headers: [String: String] = [:], form: String
    ) async throws -> Answer {
        let type = ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 }
        return try await send(method, target, type, body: form)
    }

    func send(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: String? = nil
    ) async throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try await raw(head + "\r\n" + (body ?? ""))
    }

    func raw(_ text: String) async throws -> Answer {
        try Self.parse(try await exchange(text))
    }

    /// All that comes until the connection ends.
    func exchange(_ text: String) async throws -> String {
        let (channel, all) = try await connect(reads: true)
        // Nothing at all is no write: by then the connection may have ended.
        if !text.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: text)) }
        return try await all.get()
    }

    /// The same of somebody who does not read before the server, which is in this process, has closed the
    /// connection.
    func exchangeUnread(_ text: String) async throws -> String {
        let (channel, all) = try await connect(reads: false)
        let own = channel.localAddress?.port ?? 0
        try await eventually("the connection's other end") { isOpen(to: own) ? () : nil }
        // Whoever is closed meanwhile does not get to send all.
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        try await eventually("the end of the connection") { isOpen(to: own) ? nil : () }
        do { try await channel.setOption(.autoRead, value: true).get() } catch ChannelError.ioOnClosedChannel
        {
            // This end has noticed, too.
        }
        return try await all.get()
    }

    /// Sends what the server takes, and reads nothing until it is closed.
    func sendUnread(_ text: String) async throws -> any Channel {
        let (channel, _) = try await connect(reads: false)
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        return channel
    }

    /// Whether this process has the server's end of the connection from that port.
    private func isOpen(to client: Int) -> Bool {
        (0..<Int32(4096)).contains { descriptor in
            Self.port(descriptor, getpeername) == client && Self.port(descriptor, getsockname) == port
        }
    }

    private static func port(
        _ descriptor: Int32,
        _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) }
        }
        guard code == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// A byte at a time, until all is sent or the connection has ended. How many were sent.
    func drip(_ text: String, every pause: Duration) async throws -> Int {
        let (channel, all) = try await connect(reads: true)
        var sent = 0
        for byte in text.utf8 where channel.isActive {
            do { try await channel.writeAndFlush(ByteBuffer(bytes: [byte])) } catch { break }
            sent += 1
            try await Task.sleep(for: pause)
        }
        channel.close(promise: nil)
        _ = try await all.get()
        return sent
    }

    private func connect(reads: Bool) async throws -> (any Channel, EventLoopFuture<String>) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(promise: promise))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return (channel, promise.futureResult)
    }

    private static func parse(_ text: String) throws -> Answer {
        guard let end = text.range(of: "\r\n\r\n") else { throw FixtureFailure("no answer: \(text)") }
        var lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let status = lines.removeFirst().split(separator: " ")
        guard status.count >= 2, let code = Int(status[1]) else { throw FixtureFailure("no status: \(text)") }
        let headers = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            return (name: String(parts[0]), value: value)
        }
        return Answer(status: code, headers: headers, body: String(text[end.upperBound...]))
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<String>
        private var bytes = ByteBuffer()

        init(promise: EventLoopPromise<String>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var piece = unwrapInboundIn(data)
            bytes.writeBuffer(&piece)
        }

        /// The connection has ended, or was never made.
        func handlerRemoved(context: ChannelHandlerContext) { promise.succeed(String(buffer: bytes)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension String {
    var base64: String { Data(utf8).base64EncodedString() }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var items: [JSONValue] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var members: [String: JSONValue] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    var names: Set<String> { Set(members.keys) }
}
