import Foundation
import Glibc

/// Whose a file is, and who may what.
struct FileFacts {
    let uid: uid_t
    let gid: gid_t
    let mode: mode_t
    let bytes: Int
    let inode: ino_t

    init(_ path: String) throws {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw FixtureFailure("lstat \(path): \(errno)") }
        (uid, gid, mode, bytes) = (info.st_uid, info.st_gid, info.st_mode & 0o7777, Int(info.st_size))
        inode = info.st_ino
    }

    /// nil when there is no such file any more.
    static func ifThere(_ path: String) throws -> FileFacts? {
        do { return try FileFacts(path) } catch {
            guard access(path, F_OK) == 0 else { return nil }
            throw error
        }
    }

    /// A database and all that is named after it.
    static func beside(_ database: String) -> [String] {
        let folder = (database as NSString).deletingLastPathComponent
        let name = (database as NSString).lastPathComponent
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasPrefix(name) }.sorted().map { "\(folder)/\($0)" }
    }
}
