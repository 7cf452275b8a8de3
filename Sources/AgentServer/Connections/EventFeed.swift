import AgentCore
import AgentProtocol
import NIOCore

/// Tells one connection's subscriptions of events, as fast as the other end takes them.
///
/// Lives on the connection's event loop. One write is under way at a time, and the next waits until the
/// kernel has all of it: so a slow reader costs one piece of memory, and loses events instead of keeping
/// anybody waiting. While it does, it counts among the connections that do not read.
final class EventFeed {
    /// How many events of each subscription are written at a time.
    static let pieceMax = 64

    private let channel: any Channel
    private let stalled: StalledConnections
    /// Whether the caller may still hear of events.
    private let isAllowed: () -> Bool
    private var subscriptions: [NumberedSubscription] = []
    /// Whose turn it is: a piece has not room for all of them.
    private var turn = 0
    private var isWriting = false
    private var isUnread = false
    private var isClosed = false
    let numbers = SubscriptionNumbers()

    init(_ channel: any Channel, _ stalled: StalledConnections, isAllowed: @escaping () -> Bool) {
        self.channel = channel
        self.stalled = stalled
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
        noteRead()
    }

    private func deliver() {
        guard !isWriting, !subscriptions.isEmpty else { return }
        guard isAllowed() else {
            // A subscription that says nothing any more would look like one of which nothing is to be told.
            return channel.close(promise: nil)
        }
        var buffer = ByteBuffer()
        var isMore = false
        for _ in subscriptions where buffer.readableBytes < Limits.answerChunkBytes {
            let numbered = subscriptions[turn % subscriptions.count]
            turn = (turn + 1) % subscriptions.count
            let piece = numbered.subscription.take(atMost: Self.pieceMax)
            write(piece, to: numbered.id, into: &buffer)
            if !piece.isLast { isMore = true }
        }
        if buffer.readableBytes > 0 {
            send(buffer)
        } else if isMore {
            deliverSoon()
        }
    }

    /// After others of the loop have had their turn.
    private func deliverSoon() {
        channel.eventLoop.assumeIsolated().execute { self.deliver() }
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
            self.noteRead()
            self.deliverSoon()
        }
        // The kernel takes all of it at once, unless its own buffer is full of what was not read.
        guard isWriting, !isClosed else { return }
        isUnread = true
        stalled.add(channel, .events)
    }

    private func noteRead() {
        guard isUnread else { return }
        isUnread = false
        stalled.remove(channel, .events)
    }
}
