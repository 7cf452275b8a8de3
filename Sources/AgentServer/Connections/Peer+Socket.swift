import AgentCore
import CLinux
import Glibc

extension Peer {
    /// uid 65534: the kernel's word for "a user that this namespace has no number for".
    static let overflowUID: uid_t = 65534

    /// Who connected, asked once (SO_PEERCRED and SO_PEERGROUPS, unix(7)).
    /// nil when the kernel does not say, or only that it cannot say.
    init?(socket: Int32) {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        guard clinux_peer_credentials(socket, &pid, &uid, &gid) == 0, uid != Self.overflowUID,
            let groups = Self.groups(of: socket)
        else { return nil }
        self.init(uid: uid, gid: gid, groups: groups, pid: pid)
    }

    private static func groups(of socket: Int32) -> Set<UInt32>? {
        // NGROUPS_MAX is 65536; hardly anybody has more than these.
        var groups = [gid_t](repeating: 0, count: 64)
        while true {
            var count = Int32(groups.count)
            if clinux_peer_groups(socket, &groups, &count) == 0 { return Set(groups.prefix(Int(count))) }
            guard errno == ERANGE, count > groups.count else { return nil }
            groups = [gid_t](repeating: 0, count: Int(count))
        }
    }
}
