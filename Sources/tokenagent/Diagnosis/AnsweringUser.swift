import CLinux
import Foundation
import Glibc

/// Who answers at the agent's socket, by the kernel's word. Not by that of whoever opened the socket, which
/// systemd does as root for a daemon of any user.
struct AnsweringUser: Hashable {
    let uid: UInt32
    /// Those of the process, its own first: a unit may give it more than its user has
    /// (`SupplementaryGroups=`). nil where they cannot be told.
    let groups: [UInt32]?

    private static let timeoutSeconds: Int32 = 5
    /// Whoever can connect may ask it.
    private static let question = Array(#"{"jsonrpc":"2.0","id":1,"method":"agent.whoami"}"#.utf8) + [10]
    /// What the kernel says of users it has no number for.
    private static let unknown: UInt32 = 65534

    /// nil where nobody does.
    init?(at path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var (pid, uid) = (pid_t(0), Self.unknown)
        guard clinux_be_patient(descriptor, Self.timeoutSeconds) == 0,
            Self.connect(descriptor, to: path), clinux_tell_senders(descriptor) == 0,
            send(descriptor, Self.question, Self.question.count, Int32(MSG_NOSIGNAL)) == Self.question.count,
            clinux_sender(descriptor, &pid, &uid) == 0, uid != Self.unknown
        else { return nil }
        self.uid = uid
        let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        groups = status.flatMap { Self.groups(inStatus: $0, of: uid) }
    }

    /// By proc(5). nil where the process is not that user's: the number may be another one's by now.
    static func groups(inStatus status: String, of uid: UInt32) -> [UInt32]? {
        var fields: [Substring: [UInt32]] = [:]
        for line in status.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
                .split { $0 == "\t" || $0 == " " }.compactMap { UInt32($0) }
        }
        // Real, effective, saved, for files.
        guard let uids = fields["Uid"], uids.count == 4, uids[1] == uid, let gids = fields["Gid"],
            gids.count == 4, let others = fields["Groups"]
        else { return nil }
        return [gids[1]] + others
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
