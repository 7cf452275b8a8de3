import Glibc
import TokenStorage

/// What `serve` would find where it keeps things: by its own decisions, and without making anything.
extension Diagnosis {
    func storage(_ user: DaemonUser?) -> [Finding] {
        let path = configuration.storage.path
        if case .trial = location, FileFacts(FileFacts.folder(of: path)) == nil {
            return [.fine("storage", "\(path) is not there: a start makes it, and its folder")]
        }
        let exposure = Self.exposure(of: path, user)
        do throws(StorageError) {
            let found = try TokenStore.examine(path: path)
            return Self.database(path, found) + exposure + [sealingKey(found.hasSealed)]
        } catch {
            return exposure + [.wrong("storage", "\(error)", error.remedy), sealingKey(false)]
        }
    }

    private static func database(_ path: String, _ found: TokenStore.Examination) -> [Finding] {
        switch found {
        case .missing: return [.fine("storage", "\(path) is not there: a start makes an empty one")]
        case .usable(let schema, _) where schema < TokenStore.schemaVersion:
            return [
                .fine(
                    "storage",
                    "\(path); a start brings its tables from version \(schema) to "
                        + "\(TokenStore.schemaVersion)")
            ]
        case .usable: return [.fine("storage", path)]
        }
    }

    /// In the words of `serve`, for the user that it would run as.
    private static func exposure(of path: String, _ user: DaemonUser?) -> [Finding] {
        let uid = geteuid() != 0 ? geteuid() : user?.uid ?? 0
        guard let exposure = Exposure(of: path, for: uid) else { return [] }
        return (exposure.refused + exposure.told).map { fault in
            fault.isDoubtful
                ? .doubtful("storage", fault.detail, fault.remedy)
                : .wrong("storage", fault.detail, fault.remedy)
        }
    }

    private func sealingKey(_ hasSealed: Bool) -> Finding {
        let (path, place) = configuration.storage.sealingKey(environment)
        do throws(StorageError) {
            if try SealingKeys.examine(path, in: place, hasSealed: hasSealed) {
                return .fine("sealing key", path)
            }
        } catch {
            return .wrong("sealing key", "\(error)", error.remedy)
        }
        guard hasSealed else {
            return .fine("sealing key", "\(path) is not there: the first start makes one")
        }
        return .doubtful(
            "sealing key",
            "\(path) is not there, and secrets on record are sealed: a start makes a new one, which does not "
                + "open them",
            "put its file back before; fine where systemd hands it over to the daemon (LoadCredential=)")
    }

    static func name(_ uid: UInt32) -> String {
        getpwuid(uid).map { String(cString: $0.pointee.pw_name) } ?? "uid \(uid)"
    }
}

extension TokenStore.Examination {
    var hasSealed: Bool {
        if case .usable(_, let hasSealed) = self { hasSealed } else { false }
    }
}

extension StorageError {
    /// What to do about one that keeps a daemon from starting.
    fileprivate var remedy: String {
        switch self {
        case .cannotOpen(let path, _):
            "the daemon's user has to reach it and to write it and its folder, on a local disk: "
                + "namei -l \(path); then chown or chmod, or mkdir -m 700"
        case .lost(_, let traces): "tokenagent restore BACKUP; or rm \(traces.joined(separator: " "))"
        case .notADatabase(let path):
            "move it elsewhere, and put the database back: tokenagent restore BACKUP; or correct "
                + "storage.path if \(path) is not meant"
        case .fromTheFuture:
            "install the program that wrote it, or a newer one; or go back to a backup from before: "
                + "tokenagent restore BACKUP"
        case .corrupt: "look at the disk (dmesg); then tokenagent restore BACKUP"
        case .keyUnreadable(let path, _):
            "it must have 32 bytes, mode 0400, and belong to the daemon's user (ls -l \(path)): chown it, or "
                + "put it back from where you keep it; a new one does not open what it sealed"
        case .keyTooOpen(let path, _): "chmod 400 \(path), start, then: tokenagent key rotate"
        default: "see docs/operating.md"
        }
    }
}
