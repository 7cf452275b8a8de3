import Glibc
import TokenStorage

/// What others than the daemon's user, and root, may do with its database. Who can write it says which tokens
/// are good.
struct Exposure: Hashable {
    struct Fault: Hashable {
        let detail: String
        let remedy: String
        /// Right if it is meant so.
        var isDoubtful = false
    }

    /// A file or a folder, as stat(2) has it.
    struct Place: Hashable {
        var mode: UInt32
        var owner: UInt32
        var group: UInt32 = 0
    }

    /// A daemon's user, with the groups that are theirs alone, as far as this machine knows.
    struct User: Hashable {
        let uid: UInt32
        let groups: Set<UInt32>
    }

    /// What a start does not go on with: everybody, or a group, may write, whoever that will be.
    private(set) var refused: [Fault] = []
    /// What it says: somebody may write whom somebody has chosen, by giving them file or folder; or read.
    private(set) var told: [Fault] = []

    /// nil when there is no folder for it.
    init?(of path: String, for uid: UInt32) {
        let place = TokenStore.place(of: path)
        guard let folder = FileFacts(FileFacts.folder(of: place)) else { return nil }
        let user = User(uid)
        var beside: [String: Place] = [:]
        for file in [place + "-wal", place + "-shm"] { beside[file] = FileFacts(file).map(Place.init) }
        self.init(
            place, file: FileFacts(place).map(Place.init), beside: beside, folder: Place(folder), user)
        // Who can put another link in its place can put another database there.
        if place != path, let folder = FileFacts(FileFacts.folder(of: path)) {
            judge(Place(folder), of: path, user)
        }
    }

    /// `file` is nil before the first start; `beside` are the log and its index, whose modes were the
    /// database's when they were made, and are no longer when that was mended alone.
    init(_ path: String, file: Place?, beside: [String: Place] = [:], folder: Place, _ user: User) {
        judge(folder, of: path, user)
        if let file { judge(file, at: path, in: folder, user) }
        for (path, file) in beside.sorted(by: { $0.key < $1.key })
        where refused.isEmpty && Reach(file: file.mode, folder: folder.mode).isWritten {
            refused.append(.written(path))
        }
    }

    private mutating func judge(_ folder: Place, of path: String, _ user: User) {
        let name = FileFacts.folder(of: path)
        let replacing = "in place of \(path)"
        if folder.mayBeFilled(by: 0o002) {
            refused.append(
                Fault(
                    detail: "everybody may put a database of their own \(replacing)",
                    remedy: "chmod o-w \(name)"))
        } else if folder.mayBeFilled(by: 0o020), folder.group != 0 {
            let fault = Fault(
                detail:
                    "the group \(Self.groupName(folder.group)) may put a database of its own \(replacing)",
                remedy: "chmod g-w \(name)", isDoubtful: user.groups.contains(folder.group))
            if fault.isDoubtful { told.append(fault) } else { refused.append(fault) }
        }
        if folder.isSomebodyElses(than: user) {
            told.append(
                Fault(
                    detail: "\(name) belongs to \(Diagnosis.name(folder.owner)), who can put a database of "
                        + "their own \(replacing)",
                    remedy: "chown \(Diagnosis.name(user.uid)) \(name), unless it is meant so",
                    isDoubtful: true))
        }
    }

    private mutating func judge(_ file: Place, at path: String, in folder: Place, _ user: User) {
        if file.isSomebodyElses(than: user) {
            let fault = Fault(
                detail: "\(path) belongs to \(Diagnosis.name(file.owner)), who can change it at any time",
                remedy: "chown \(Diagnosis.name(user.uid)) \(path)")
            // Whoever came first may have made it, waiting for a daemon to fill it.
            if folder.mode & 0o002 != 0 { refused.append(fault) } else { told.append(fault) }
        }
        let reach = Reach(file: file.mode, folder: folder.mode)
        if reach.isWritten {
            refused.append(.written(path))
        } else if reach.isRead {
            told.append(
                Fault(detail: "\(path) can be read by others than its owner", remedy: "chmod 600 \(path)*"))
        }
    }

    private static func groupName(_ gid: UInt32) -> String {
        getgrgid(gid).map { String(cString: $0.pointee.gr_name) } ?? "\(gid)"
    }
}

extension Exposure.Fault {
    fileprivate static func written(_ path: String) -> Self {
        .init(detail: "\(path) can be changed by others than its owner", remedy: "chmod 600 \(path)*")
    }
}

extension Exposure.User {
    /// Groups without a name, too, that this process is in, where it is that user's: by such a one a
    /// container is given a volume, for its users have no groups of their own (Kubernetes' `fsGroup`).
    fileprivate init(_ uid: UInt32) {
        var groups: Set<UInt32> = []
        if let entry = getpwuid(uid) { groups.insert(entry.pointee.pw_gid) }
        if uid == geteuid() { groups.formUnion(Self.groupsOfProcess.filter { getgrgid($0) == nil }) }
        self.init(uid: uid, groups: groups)
    }

    private static var groupsOfProcess: [UInt32] {
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return groups.prefix(Int(max(0, count))) + [getegid()]
    }
}

extension Exposure.Place {
    fileprivate init(_ file: FileFacts) {
        self.init(mode: file.mode, owner: file.owner, group: file.group)
    }

    /// A sticky folder, such as /tmp, lets others add files but not replace ours.
    fileprivate func mayBeFilled(by bit: UInt32) -> Bool { mode & bit != 0 && mode & 0o1000 == 0 }

    /// Root may do everything, whosever it is.
    fileprivate func isSomebodyElses(than user: Exposure.User) -> Bool { ![0, user.uid].contains(owner) }
}

/// What others than its owner may do with a file by its mode, given the folder that it lies in.
struct Reach: Hashable {
    let isRead: Bool
    let isWritten: Bool

    init(file: UInt32, folder: UInt32) {
        // For whom its folder is closed, the file's own mode opens nothing.
        let group: UInt32 = folder & 0o010 != 0 ? 0o070 : 0
        let others: UInt32 = folder & 0o001 != 0 ? 0o007 : 0
        // A group that may read is one that somebody chose, as for backups.
        isRead = file & others & 0o004 != 0
        isWritten = file & (group | others) & 0o022 != 0
    }
}
