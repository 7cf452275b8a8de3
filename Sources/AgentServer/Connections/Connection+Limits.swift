import AgentCore
import AgentProtocol
import NIOCore

/// What a connection may keep of the daemon: room, and time.
extension Connection {
    /// Whether one more request may wait for its answer.
    var hasRoom: Bool {
        guard inFlight > 0 else { return true }
        guard inFlight < settings.inFlightMax else { return false }
        return inFlight < dispatcher.connections.share(of: Limits.inFlightPerUIDMax, peer.uid)
    }

    /// Reads only while there is room for requests and the caller takes its answers.
    func adjustReading(_ context: ChannelHandlerContext) {
        let wanted = hasRoom && !isStalled
        guard wanted != isReading else { return }
        isReading = wanted
        context.channel.setOption(ChannelOptions.autoRead, value: wanted).whenFailure { _ in
            // The channel is closed: there is nothing to read.
        }
    }

    func stall(_ context: ChannelHandlerContext, _ count: Int) {
        unreadBytes += count
        answers = ByteBuffer()
        guard !isStalled, context.channel.isActive else { return }
        stalled.add(context.channel, .answers)
        unread = closing(context, after: Limits.unreadAnswerTimeoutSeconds) { _ in true }
        adjustReading(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Told in each write too: there `flush` looks for itself, when it has let go of the answers.
        guard !isWriting, isStalled, context.channel.isWritable else { return }
        goOn(context)
    }

    /// All that was written has been read.
    func goOn(_ context: ChannelHandlerContext) {
        stalled.remove(context.channel, .answers)
        unread?.cancel()
        unread = nil
        unreadBytes = 0
        takeLines(context)
        flush(context)
        runBulky(context)
        endIfDone(context)
    }

    /// Whether answers wait to be read.
    var isStalled: Bool { unread != nil }

    /// Closes a caller who began a line and does not end it. The timer is left alone while lines come in:
    /// setting it for each read would cost more than the reads.
    func watchPartialLine(_ context: ChannelHandlerContext) {
        guard framer.hasPartialLine, partialLine == nil, isReading else { return }
        let begun = lines
        partialLine = closing(context, after: Limits.partialLineTimeoutSeconds) { connection in
            connection.partialLine = nil
            let isSame = connection.framer.hasPartialLine && connection.lines == begun && connection.isReading
            if !isSame { connection.watchPartialLine(context) }
            return isSame
        }
    }

    private func closing(
        _ context: ChannelHandlerContext, after seconds: Int, if condition: @escaping (Connection) -> Bool
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((self, context, condition), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            let (connection, context, condition) = bound.value
            if condition(connection) { context.close(promise: nil) }
        }
    }
}
