import CLinux
import Glibc
import TokenStorage

/// Whose rights are the ones that count. Root may do everything, so that whatever it looks at seems right.
struct DaemonUser: Hashable {
    /// What tells who that is.
    enum Evidence: Hashable {
        /// A daemon that runs.
        case answer
        case database, lock, folder
    }

    let uid: UInt32
    let evidence: Evidence
    /// Of the daemon that runs, its own first; nil: those of the account.
    private(set) var groups: [UInt32]?

    /// Whether a daemon of that user has been there.
    var hasRun: Bool { evidence != .folder }

    /// Of what is there of these. Who answers knows best. A database that is root's may have been laid down
    /// by hand, where the lock beside it, which only a daemon makes, says who is to open it; before the first
    /// start it is whoever has the folder.
    init?(answering: UInt32?, database: UInt32?, lock: UInt32?, folder: UInt32?) {
        if let answering {
            (uid, evidence) = (answering, .answer)
        } else if let database, database != 0 {
            (uid, evidence) = (database, .database)
        } else if let lock {
            (uid, evidence) = (lock, .lock)
        } else if let folder {
            (uid, evidence) = (folder, .folder)
        } else {
            return nil
        }
    }

    /// `isAsked`: a daemon that runs is.
    init?(_ configuration: Configuration, isAsked: Bool) {
        let path = TokenStore.place(of: configuration.storage.path)
        let answering = isAsked ? AnsweringUser(at: configuration.socket.path) : nil
        self.init(
            answering: answering?.uid,
            database: FileFacts(path)?.owner, lock: FileFacts(path + ".lock")?.owner,
            folder: FileFacts(FileFacts.folder(of: path))?.owner)
        groups = answering?.groups
    }

    /// From here on this process has that user's rights, until `leave`. Says so, or why it has not.
    func enter() -> Finding {
        let owner = Diagnosis.name(uid)
        guard uid != 0 else { return .fine("rights", "looked at as root, \(whose)") }
        guard let entry = getpwuid(uid) else {
            return .doubtful(
                "rights", "looked at as root, who may do everything, and not as \(owner), \(whose)",
                "run this as that user, whose rights are the ones that count")
        }
        guard become(entry.pointee) == 0 else {
            return .doubtful(
                "rights",
                "looked at as root, who may do everything, and not as \(owner), \(whose): "
                    + String(cString: strerror(errno)),
                "sudo -u \(owner) tokenagent doctor")
        }
        return .fine("rights", "looked at as \(owner), \(whose)")
    }

    private func become(_ account: passwd) -> Int32 {
        guard let groups, let own = groups.first else {
            return clinux_be_user(account.pw_name, uid, account.pw_gid)
        }
        return clinux_be_user_in(uid, own, groups, Int32(groups.count))
    }

    func leave() { if uid != 0 { _ = clinux_be_root_again() } }

    private var whose: String {
        switch evidence {
        case .answer: "as whom the daemon runs"
        case .database: "whose the database is"
        case .lock: "whose the database's lock is"
        case .folder: "whose the database's folder is"
        }
    }
}
