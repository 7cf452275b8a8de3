import CLinux
import Foundation
import Glibc

/// What stat(2) and access(2) say of a file.
struct FileFacts {
    private let path: String
    let mode: UInt32
    let owner: UInt32
    let group: UInt32
    let inode: UInt64

    /// nil when there is no such file, or none that can be looked at.
    init?(_ path: String, followsLink: Bool = true) {
        var file = clinux_file()
        guard clinux_file_status(path, followsLink ? 1 : 0, &file) == 0 else { return nil }
        self.path = path
        (mode, owner, group, inode) = (file.mode, file.owner, file.group, file.inode)
    }

    var isFolder: Bool { mode & 0o170000 == 0o040000 }
    var isSocket: Bool { mode & 0o170000 == 0o140000 }
    var isOurs: Bool { owner == geteuid() }
    /// Neither its group nor others may do anything with it.
    var isPrivate: Bool { mode & 0o077 == 0 }
    var isReadable: Bool { access(path, R_OK) == 0 }
    var isWritable: Bool { access(path, W_OK) == 0 }
    var othersMayRead: Bool { mode & 0o004 != 0 }
    /// A sticky folder, such as /tmp, lets others add files but not replace ours.
    var othersMayWrite: Bool { mode & 0o002 != 0 && mode & 0o1000 == 0 }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path without links and dots in its folder, so that two names of one file are the same.
    static func place(of path: String) -> String {
        let url = URL(filePath: path).standardizedFileURL
        guard let folder = realpath(folder(of: url.path), nil) else { return url.path }
        defer { free(folder) }
        let name = url.lastPathComponent
        let parent = String(cString: folder)
        return parent == "/" ? "/\(name)" : "\(parent)/\(name)"
    }
}
