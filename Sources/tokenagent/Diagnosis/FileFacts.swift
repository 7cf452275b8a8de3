import CLinux
import Glibc

/// What stat(2) and access(2) say of a file.
struct FileFacts {
    private let path: String
    private let info: stat

    /// nil when there is no such file, or none that can be looked at.
    init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        self.path = path
        self.info = info
    }

    var isFolder: Bool { info.st_mode & S_IFMT == S_IFDIR }
    var isReadable: Bool { access(path, R_OK) == 0 }
    var isWritable: Bool { access(path, W_OK) == 0 }
    var groupMayRead: Bool { info.st_mode & S_IRGRP != 0 }
    var othersMayRead: Bool { info.st_mode & S_IROTH != 0 }
    /// A sticky folder, such as /tmp, lets others add files but not replace ours.
    var othersMayWrite: Bool { info.st_mode & S_IWOTH != 0 && info.st_mode & S_ISVTX == 0 }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// By the magic numbers of statfs(2): NFS, SMB1, SMB2, CIFS, AFS, Ceph, 9p.
    static func isOnNetwork(_ path: String) -> Bool {
        let network: [UInt32] = [
            0x6969, 0x517B, 0xFE53_4D42, 0xFF53_4D42, 0x5346_414F, 0x00C3_6400, 0x0102_1997,
        ]
        return network.contains(clinux_file_system(path))
    }
}
