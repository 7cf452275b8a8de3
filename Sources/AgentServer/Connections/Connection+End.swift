import AgentProtocol
import NIOCore

/// How a connection ends, with its answers given.
extension Connection {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is DrainEvent:
            isDraining = true
            held.takeAll(into: &answers)
            flush(context)
            adjustReading(context)
            endIfDone(context)
        case ChannelEvent.inputClosed:
            // `printf … | nc -U -N` closes its side at once, and still waits for the answer.
            inputEnded = true
            endIfDone(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func endIfDone(_ context: ChannelHandlerContext) {
        // Who subscribed and sends no more still listens. While answers are not read, lines may wait that
        // were not taken.
        let isListening = inputEnded && feed?.isEmpty == false
        guard isDraining || (inputEnded && !isListening), inFlight == 0, held.isEmpty, !isStalled else {
            return
        }
        flush(context)
        guard !isStalled else { return }
        if isDraining, !isLeaving { return leave(context) }
        // After what is written: closing at once would throw it away.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Closes after a moment in which what is on its way is told that it comes too late: an answer is better
    /// than a connection that ends.
    private func leave(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Limits.drainMilliseconds)) {
            let (connection, context) = bound.value
            connection.isLeaving = true
            connection.endIfDone(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        partialLine?.cancel()
        unread?.cancel()
        feed?.close()
        heldTimer?.cancel()
        bulkyWork.removeAll()
        stalled.remove(context.channel, .answers)
        onClose()
        context.fireChannelInactive()
    }
}

/// Tells a connection to answer what it has taken, and to take no more.
struct DrainEvent: Sendable {}
