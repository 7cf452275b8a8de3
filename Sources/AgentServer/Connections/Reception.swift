import AgentCore
import AgentProtocol
import Glibc
import Logging
import NIOCore
import NIOPosix

/// Receives each accepted descriptor: asks who it is, and makes a connection of it on one of the event loops.
struct Reception: Sendable {
    let group: MultiThreadedEventLoopGroup
    let dispatcher: Dispatcher
    let settings: ServerSettings
    let count: ConnectionCount
    let open: OpenChannels
    let stalled = StalledConnections(max: Limits.unreadConnectionsMax)
    let wakeUp: WakeUp
    /// Who connects in a loop is told so in the log, and does not fill it.
    private let complaints = Paces<UInt32>(perSecond: 1)
    let logger: Logger

    func receive(_ descriptor: Int32) {
        guard let peer = Peer(socket: descriptor) else {
            if complaints.admit(Peer.overflowUID, at: .now) == nil {
                logger.warning("refused a connection whose peer the kernel does not name")
            }
            return turnAway(
                descriptor, .notPermitted("the kernel does not name you: uid 65534 is nobody in particular"))
        }
        guard count.add(peer.uid) else {
            if complaints.admit(peer.uid, at: .now) == nil {
                logger.warning("refused a connection: its uid has too many", metadata: ["uid": "\(peer.uid)"])
            }
            dispatcher.measures.noteRefused()
            let most = settings.connectionsPerUIDMax
            return turnAway(
                descriptor, .limitExceeded("uid \(peer.uid) has \(most) connections, and that is the limit"))
        }
        let bootstrap = ClientBootstrap(group: group)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            // Writable means that all was written: see `Connection.flush`.
            .channelOption(ChannelOptions.writeBufferWaterMark, value: .init(low: 1, high: 1))
            // Who is not to be read any more is not read three times more.
            .channelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            .channelOption(
                ChannelOptions.recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 65536)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.furnish(channel, descriptor, peer) }
            }
        bootstrap.withConnectedSocket(descriptor).whenFailure { error in
            count.remove(peer.uid)
            wakeUp.wake()
            logger.warning("a connection could not be set up", metadata: ["error": "\(error)"])
        }
    }

    private func furnish(_ channel: any Channel, _ descriptor: Int32, _ peer: Peer) throws {
        let (count, open, wakeUp) = (count, open, wakeUp)
        open.add(channel)
        let connection = Connection(
            peer: peer, descriptor: descriptor, dispatcher: dispatcher, settings: settings, stalled: stalled
        ) {
            open.remove(channel)
            count.remove(peer.uid)
            wakeUp.wake()
        }
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    /// Tells why, and closes.
    private func turnAway(_ descriptor: Int32, _ error: RPCError) {
        var answer = ByteBuffer()
        AnswerWriter.error(id: nil, error, into: &answer)
        // A kindness: the descriptor does not block, and a fresh socket has room for a line.
        answer.withUnsafeReadableBytes { bytes in
            _ = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        close(descriptor)
    }

    func complain(_ code: Int32) {
        let reason = String(cString: strerror(code))
        logger.error("cannot accept a connection; pausing", metadata: ["error": "\(reason)"])
    }
}
