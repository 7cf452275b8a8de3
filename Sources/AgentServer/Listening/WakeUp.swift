import CLinux
import Glibc

/// Wakes a thread that waits in poll(2).
final class WakeUp: Sendable {
    let descriptor: Int32

    init() throws(ServerError) {
        descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw .last("eventfd", "") }
    }

    deinit { close(descriptor) }

    func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is awake.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func settle() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
