import Foundation
import Glibc

/// An empty folder that the kernel takes for one of sshfs's: no network and no server is needed for that, but
/// somebody who answers the kernel's questions (Linux's include/uapi/linux/fuse.h), which this does.
final class NetworkDisk {
    static let type = "fuse.sshfs"
    /// Mounting is root's, and not even root's in every container.
    static let isPossible: Bool = {
        do { return try NetworkDisk().isMounted } catch { return false }
    }()

    private let folder: TemporaryFolder
    private var isMounted = false

    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        let device = open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard device >= 0 else { throw FixtureFailure("/dev/fuse: \(String(cString: strerror(errno)))") }
        let options = "fd=\(device),rootmode=40000,user_id=\(geteuid()),group_id=\(getegid())"
        guard options.withCString({ mount("nowhere:/", folder.path, Self.type, 0, $0) }) == 0 else {
            close(device)
            throw FixtureFailure("mount: \(String(cString: strerror(errno)))")
        }
        isMounted = true
        Thread.detachNewThread {
            Self.answer(device)
            close(device)
        }
    }

    deinit {
        // That ends the answering as well.
        if isMounted { umount2(folder.path, Int32(MNT_DETACH)) }
    }

    private enum Question { static let attributes: UInt32 = 3, begin: UInt32 = 26, access: UInt32 = 34 }

    /// Until it is unmounted. The folder is there, and is a folder; nothing else can be done with it.
    private static func answer(_ device: Int32) {
        var question = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let count = read(device, &question, question.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 40 else { return }
            let kind = question.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            var body: [UInt8] = []
            var error: Int32 = 0
            switch kind {
            case Question.begin:
                // Version 7.31; what may be written at once, and the rest as it is when nobody asks for more.
                body = bytes([7, 31] as [UInt32], of: 64)
                body.replaceSubrange(20..<24, with: bytes([4096] as [UInt32], of: 4))
            case Question.attributes:
                // For no time at all; inode 1, and after five words of sizes and times its mode and links.
                body = bytes([0, 0, 1] as [UInt64], of: 104)
                let mode = UInt32(S_IFDIR) | 0o700
                body.replaceSubrange(76..<92, with: bytes([mode, 2, geteuid(), getegid()], of: 16))
            case Question.access: break
            default: error = -ENOSYS
            }
            var answer = bytes([UInt32(16 + body.count), UInt32(bitPattern: error)], of: 8)
            answer += question[8..<16] + body
            guard write(device, answer, answer.count) == answer.count else { return }
        }
    }

    private static func bytes<Number: FixedWidthInteger>(_ numbers: [Number], of count: Int) -> [UInt8] {
        let bytes = numbers.withUnsafeBytes { Array($0) }
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }
}
