internal import NIOCore
internal import NIOHTTP1

/// What HTTP says of a connection, and Hummingbird leaves out. Behind NIO's handler of pipelines, which hands
/// on one request at a time.
///
/// Hummingbird goes by a request's `Connection` that is `close` to the letter, knows no versions, looks at no
/// `Connection` of an answer, and never says that it waits for a body.
final class ConnectionRules: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Who asked whether the body may come waits for it no longer (RFC 9110 section 10.1.1).
    struct Continue: Sendable {}

    /// The request that is being answered is HTTP/1.0, or older.
    private var isOld = false
    /// It is the last that is wanted.
    private var isLast = false
    /// An answer has said that it is the last.
    private var hasEnded = false
    /// Another answer has been tried behind that one.
    private var isMute = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What came behind the last request is not carried out (RFC 9112 section 9.6).
        guard !hasEnded else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        isOld = head.version != .http1_1
        isLast = !head.isKeepAlive || head.asksForAnotherProtocol || head.hasDoubtfulEnd
        guard isLast else { return context.fireChannelRead(data) }
        // It is the last of its connection, by being HTTP/1.0 without `keep-alive`, or by other words.
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else {
            return isMute ? drop(promise) : context.write(data, promise: promise)
        }
        // Hummingbird says 400 to whatever is no HTTP, be it the body of a request that has its answer.
        // To nobody at all, where the end of the connection cut a request short.
        isMute = hasEnded || !context.channel.isActive
        guard !isMute else { return drop(promise) }
        if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        hasEnded = head.headers[canonicalForm: "Connection"].contains("close")
        // Without it, who asked for it in HTTP/1.0 waits for the end of the connection.
        if isOld, !hasEnded { head.headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func drop(_ promise: EventLoopPromise<Void>?) { promise?.succeed() }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is Continue else { return context.triggerUserOutboundEvent(event, promise: promise) }
        // HTTP/1.0 knows no answers before the answer.
        guard !isOld else { return drop(promise) }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }
}

extension HTTPRequestHead {
    /// Behind such a request the decoder takes nothing for HTTP any more, though it is answered in HTTP: who
    /// took the connection for one that goes on would wait for answers in vain.
    fileprivate var asksForAnotherProtocol: Bool {
        guard headers.contains(name: "Upgrade") else { return method == .CONNECT }
        let words = headers[canonicalForm: "Connection"].map { $0.lowercased() }
        return method == .CONNECT || words.contains("upgrade")
    }

    /// HTTP/1.0 knows no chunks: who passed such a request on may have taken its body for something else, and
    /// what comes behind it for somebody else's (RFC 9112 section 6.1).
    fileprivate var hasDoubtfulEnd: Bool {
        version != .http1_1 && headers.contains(name: "Transfer-Encoding")
    }
}
