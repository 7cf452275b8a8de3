import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPBridge

@Suite struct ReadAheadTests {
    /// Stands where the socket is.
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0
        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    @Test("While requests are answered one read is made ahead, however many have come")
    func readsOnce() throws {
        let reads = Reads()
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([reads, ReadAhead()])
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: false)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        func ask() throws {
            try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        }
        func answer() throws {
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }

        channel.read()
        #expect(reads.count == 1)
        for round in 1...3 {
            // The read of the answer before, or the first, and one ahead.
            try ask()
            #expect(reads.count == 2 * round)
            try ask()
            try ask()
            #expect(reads.count == 2 * round)
            try answer()
            try answer()
            #expect(reads.count == 2 * round)
            try answer()
            #expect(reads.count == 2 * round + 1)
        }
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
