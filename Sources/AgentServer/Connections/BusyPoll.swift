import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Waits for the next request without going to sleep, for a moment.
///
/// For a caller who asks, waits for the answers and asks again, most of the time of a verify would go by
/// while the kernel puts to sleep and wakes up the one side and then the other. Linux does the same for
/// network devices (https://docs.kernel.org/networking/napi.html#busy-polling).
///
/// It takes up to `nanosecondsMax` of a processor for each request. So it is for a caller who has asked
/// again soon often enough, while nobody else asked on that event loop, and where there is another
/// processor. Whoever else could run on this one is let go first.
struct BusyPoll {
    static let nanosecondsMax: UInt64 = 50_000
    /// Who asks again so soon would be in time if nobody had to be woken up here.
    private static let quickNanosecondsMax: UInt64 = 100_000
    /// After so long the event loop looks what else there is.
    private static let turnNanosecondsMax: UInt64 = 200_000
    /// So many in a row make it likely that one more comes.
    private static let quickMin = 32
    private static let bufferBytes = 16384
    private static let isWorthwhile = System.coreCount > 1

    /// Who was read last on each loop.
    private final class LastReader: Sendable { let connection = Atomic(0) }
    private static let lastReader = ThreadSpecificVariable<LastReader>()

    private let descriptor: Int32
    private var quick = 0
    private var answered: UInt64 = 0
    private var begun: UInt64 = 0
    private var lines = 0
    private var bytes = 0
    /// How long the lines of the last read were, on average.
    private(set) var lineBytes = 1
    private var buffer = ByteBuffer()

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The event loop read something.
    mutating func asked(_ connection: Connection, lines: Int, bytes: Int) {
        begun = Self.now
        (self.lines, self.bytes) = (lines, bytes)
        let isQuick = begun - answered < Self.quickNanosecondsMax
        quick = Self.isWorthwhile && isQuick && isOnlyReader(connection) ? quick + 1 : 0
    }

    /// What comes next, if it comes soon enough. `lines` were read on this connection up to now.
    mutating func next(lines: Int, isIdle: Bool) -> ByteBuffer? {
        answered = Self.now
        guard isIdle, lines > self.lines else {
            quick = 0
            return nil
        }
        guard quick >= Self.quickMin, answered - begun < Self.turnNanosecondsMax else { return nil }
        lineBytes = max(bytes / (lines - self.lines), 1)
        self.lines = lines
        buffer.clear(minimumCapacity: Self.bufferBytes)
        repeat {
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.bufferBytes) {
                max(recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)), 0)
            }
            if count > 0 {
                bytes = count
                return buffer
            }
            sched_yield()
        } while Self.now - answered < Self.nanosecondsMax
        // Also at the end of the input, which the event loop sees for itself.
        quick = 0
        return nil
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    private func isOnlyReader(_ connection: Connection) -> Bool {
        let last: LastReader
        if let known = Self.lastReader.currentValue {
            last = known
        } else {
            last = LastReader()
            Self.lastReader.currentValue = last
        }
        let this = Int(bitPattern: ObjectIdentifier(connection))
        return last.connection.exchange(this, ordering: .relaxed) == this
    }
}
