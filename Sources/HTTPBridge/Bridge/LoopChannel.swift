internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// HTTP/1 of which each connection is served on its own event loop.
///
/// On the pool, every request would cross to another thread and back, and wait for both to wake up. What
/// takes long must leave the loop (`Route.isBrief`), or the loop's other connections stand behind it.
struct LoopChannel: ServerChildChannel {
    let http: HTTP1Channel
    let answerTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            // All requests of one read are taken apart at once, and wait in a hundred times the memory.
            let reads = AdaptiveRecvByteBufferAllocator(
                minimum: 1024, initial: 2048, maximum: BridgeLimits.readBytesMax)
            try channel.syncOptions?.setOption(.recvAllocator, value: reads)
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try channel.pipeline.syncOperations.addHandlers(
                [UnreadAnswers(timeout: answerTimeout), ReadAhead()])
        }
        .flatMap { http.setup(channel: channel, logger: logger) }
        .flatMapThrowing { value in
            // The last that knows a request's version is the decoder.
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandlers(
                [HTTPServerPipelineHandler(), ConnectionRules()], position: .after(decoder))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await http.handle(value: value, logger: logger)
        }
    }
}
