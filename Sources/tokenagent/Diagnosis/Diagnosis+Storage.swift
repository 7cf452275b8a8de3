import Glibc
import TokenStorage

/// What `serve` would find where it keeps things: by its own decisions, and without making anything.
extension Diagnosis {
    func storage() -> [Finding] {
        let path = configuration.storage.path
        if case .trial = location, FileFacts(FileFacts.folder(of: path)) == nil {
            return [.fine("storage", "\(path) is not there: a start makes it, and its folder")]
        }
        do throws(StorageError) {
            let found = try TokenStore.examine(path: path)
            return Self.database(path, found) + Self.exposure(of: path) + [sealingKey(found.hasSealed)]
        } catch {
            return [.wrong("storage", "\(error)", error.remedy), sealingKey(false)]
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

    /// What `serve` takes as it finds it, and nobody should leave so.
    private static func exposure(of path: String) -> [Finding] {
        guard let file = FileFacts(path), let folder = FileFacts(FileFacts.folder(of: path)) else {
            return []
        }
        var findings: [Finding] = []
        if folder.othersMayWrite {
            findings.append(
                .wrong(
                    "storage", "everybody may put a database of their own in place of \(path)",
                    "chmod o-w \(FileFacts.folder(of: path))"))
        }
        // Root looks as itself only where it cannot do so as the owner.
        if ![0, geteuid()].contains(file.owner), geteuid() != 0 {
            findings.append(
                .wrong(
                    "storage", "\(path) belongs to \(name(file.owner)), who can change it at any time",
                    "chown \(name(geteuid())) \(path)"))
        }
        if let what = Exposure(file: file.mode, folder: folder.mode).words {
            findings.append(
                .wrong("storage", "\(path) can be \(what) by others than its owner", "chmod 600 \(path)*"))
        }
        return findings
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

/// What others than its owner may do with a file, given the folder that it lies in.
struct Exposure: Hashable {
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

    /// nil: nothing.
    var words: String? { isWritten ? "changed" : isRead ? "read" : nil }
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
