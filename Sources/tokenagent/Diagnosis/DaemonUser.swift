import CLinux
import Glibc

/// Whose rights are the ones that count. Root may do everything, so that whatever it looks at seems right.
struct DaemonUser {
    let uid: UInt32

    /// By the folder of the database, else the database. nil where both are root's, or are not there yet.
    init?(database path: String) {
        let owners = [FileFacts.folder(of: path), path].compactMap { FileFacts($0)?.owner }
        guard let owner = owners.first(where: { $0 != 0 }) else { return nil }
        uid = owner
    }

    /// From here on this process has that user's rights, until `leave`. Says so, or why it has not.
    func enter() -> Finding {
        let owner = Diagnosis.name(uid)
        guard let entry = getpwuid(uid) else {
            return .doubtful(
                "rights", "looked at as root, who may do everything; the database is \(owner)'s",
                "run this as that user, whose rights are the ones that count")
        }
        guard clinux_be_user(entry.pointee.pw_name, uid, entry.pointee.pw_gid) == 0 else {
            return .doubtful(
                "rights",
                "looked at as root, who may do everything, and not as \(owner), whose the database is: "
                    + String(cString: strerror(errno)),
                "sudo -u \(owner) tokenagent doctor")
        }
        return .fine("rights", "looked at as \(owner), whose the database is")
    }

    static func leave() { _ = clinux_be_root_again() }
}
