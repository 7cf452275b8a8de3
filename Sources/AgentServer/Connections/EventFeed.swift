import AgentCore
import AgentProtocol
import NIOCore

/// Tells one connection's subscriptions of events, as fast as the other end takes them.
///
/// Lives on the connection's event loop. One write is under way at a time, and the next waits until the
/// kernel has all of it: so a slow reader costs one piece of memory, and loses events instead of keeping
/// anybody waiting.
final class EventFeed {
    /// How many events of each subscription are written at a time.
    static let pieceMax = 64

    private let channel: any Channel
    /// Whether the caller may still hear of events.
    private let isAllowed: () -> Bool
    private var subscriptions: [NumberedSubscription] = []
    private var isWriting = false
    private var isClosed = false
    let numbers = SubscriptionNumbers()

    init(_ channel: any Channel, isAllowed: @escaping () -> Bool) {
        self.channel = channel
        self.isAllowed = isAllowed
    }

    var isEmpty: Bool { subscriptions.isEmpty }

    /// For the subscriptions of one line.
    func subscribing() -> Subscribing {
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let loop = channel.eventLoop
        return Subscribing(numbers) { loop.execute { bound.value.deliver() } }
    }

    /// From now on they are told: the answer that names them is out.
    func open(_ subscribing: Subscribing) {
        guard !isClosed else { return }
        subscriptions += subscribing.take()
        deliver()
    }

    /// Lets the subscriptions go.
    func close() {
        isClosed = true
        subscriptions = []
    }

    private func deliver() {
        guard !isWriting, !subscriptions.isEmpty else { return }
        guard isAllowed() else {
            // A subscription that says nothing any more would look like one of which nothing is to be told.
            return channel.close(promise: nil)
        }
        var buffer = ByteBuffer()
        var isMore = false
        for numbered in subscriptions {
            let piece = numbered.subscription.take(atMost: Self.pieceMax)
            write(piece, to: numbered.id, into: &buffer)
            if !piece.isLast { isMore = true }
        }
        if buffer.readableBytes > 0 {
            send(buffer)
        } else if isMore {
            channel.eventLoop.assumeIsolated().execute { self.deliver() }
        }
    }

    private func write(_ piece: EventLog.Piece, to id: String, into buffer: inout ByteBuffer) {
        if let loss = piece.loss { EventWriter.write(Event(loss, subscription: id), into: &buffer) }
        for line in piece.lines { EventWriter.write(Event(line, subscription: id), into: &buffer) }
    }

    /// Whatever came meanwhile is asked for when it is through.
    private func send(_ buffer: ByteBuffer) {
        isWriting = true
        channel.writeAndFlush(buffer).assumeIsolated().whenComplete { _ in
            self.isWriting = false
            self.deliver()
        }
    }
}
