import CFaultyDisk
import Foundation

/// A folder in memory whose SQLite files are on a disk that fails and loses power.
final class FaultyDisk: Sendable {
    /// What is to fail, in terms of SQLite's calls.
    struct Fault {
        var kinds: Int32 = Int32(FAULTY_ALL)
        /// So many operations go well before.
        var after = 0
        /// All later ones fail as well.
        var sticky = false
        /// For want of room, where that can be the reason.
        var full = false
    }

    let folder: String
    private nonisolated(unsafe) let disk: OpaquePointer

    init(seed: UInt64) throws {
        let memory = "/dev/shm/"
        let root = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = root + "faulty-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        disk = faulty_disk_insert(folder, seed)
    }

    deinit {
        // What is still open uses it.
        if faulty_disk_open_files(disk) == 0 { faulty_disk_remove(disk) }
        for path in [folder, folder + ".backup"] { try? FileManager.default.removeItem(atPath: path) }
    }

    func fail(_ fault: Fault) {
        faulty_disk_fail(disk, fault.kinds, fault.after, fault.sticky ? 1 : 0, fault.full ? 1 : 0)
    }

    func work() { faulty_disk_fail(disk, 0, 0, 0, 0) }

    /// Since the last `fail`.
    var operations: Int { faulty_disk_operations(disk) }
    var failures: Int { faulty_disk_failures(disk) }

    /// Writes that a power failure may undo.
    var unsynced: Int { faulty_disk_unsynced(disk) }
    var openFiles: Int { Int(faulty_disk_open_files(disk)) }

    /// Takes all that is there for synced. When nothing is open.
    func settle() { faulty_disk_settle(disk) }

    /// After so many more operations, or at once, nothing has any effect.
    func cut(after operations: Int = 0) { faulty_disk_cut(disk, operations) }

    var isCut: Bool { faulty_disk_is_cut(disk) != 0 }

    /// After `cut`, when all is closed.
    func leave(_ end: End) {
        switch end {
        case .kill: faulty_disk_after_kill(disk)
        case .powerLoss: faulty_disk_after_power_loss(disk)
        }
    }

    /// How a process ends before its time.
    enum End { case kill, powerLoss }
}
