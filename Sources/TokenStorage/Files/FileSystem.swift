import Foundation
import Glibc

/// What kind of file system a path lies on.
enum FileSystem {
    /// Linux's names for them, as in /proc/self/mountinfo.
    private static let network: Set = [
        "nfs", "nfs4", "cifs", "smb3", "afs", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs",
    ]

    /// The name of the network file system that `path` is on; nil when it is on a local or unknown one.
    static func networkType(of path: String) -> String? {
        var info = stat()
        guard stat(path, &info) == 0,
            let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        else { return nil }
        return networkType(device: "\(major(info.st_dev)):\(minor(info.st_dev))", mounts: mounts)
    }

    /// proc(5): "… … major:minor root mount-point options … - type source options".
    static func networkType(device: String, mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 3, words[2] == device, let dash = words.firstIndex(of: "-") else { continue }
            guard let type = words.dropFirst(dash + 1).first else { continue }
            return network.contains(String(type)) ? String(type) : nil
        }
        return nil
    }

    // <sys/sysmacros.h>, whose macros Swift cannot see.
    private static func major(_ device: dev_t) -> dev_t { (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF) }
    private static func minor(_ device: dev_t) -> dev_t {
        (device & 0xFF) | (device >> 12 & ~0xFF & 0xFFFF_FFFF)
    }
}
