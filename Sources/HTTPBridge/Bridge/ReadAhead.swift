internal import NIOCore

/// One read more than is asked for, so that the socket is still watched when the next request comes.
///
/// NIO's handler of pipelines asks for nothing while a request is being answered. The socket would be taken
/// out of epoll for it and put back: two calls of the system for each request, a tenth of its whole cost.
final class ReadAhead: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Somebody has asked since the last bytes came. Who does not ask gets no more than one read's.
    private var isWanted = false

    func read(context: ChannelHandlerContext) {
        isWanted = true
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let wasWanted = isWanted
        isWanted = false
        context.fireChannelReadComplete()
        guard wasWanted else { return }
        // The channel would do so next, but does not where a read is under way.
        context.pipeline.syncOperations.read()
        if !isWanted { context.read() }
    }
}
