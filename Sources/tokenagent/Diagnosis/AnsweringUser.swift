import CLinux
import Glibc

/// Who answers at the agent's socket, by the kernel's word. Not by that of whoever opened the socket, which
/// systemd does as root for a daemon of any user.
enum AnsweringUser {
    private static let timeoutSeconds: Int32 = 5
    /// Whoever can connect may ask it.
    private static let question = Array(#"{"jsonrpc":"2.0","id":1,"method":"agent.whoami"}"#.utf8) + [10]
    /// What the kernel says of users it has no number for.
    private static let unknown: UInt32 = 65534

    /// nil where nobody does.
    static func uid(at path: String) -> UInt32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var uid = unknown
        guard clinux_be_patient(descriptor, timeoutSeconds) == 0,
            connect(descriptor, to: path), clinux_tell_senders(descriptor) == 0,
            send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count,
            clinux_sender(descriptor, &uid) == 0, uid != unknown
        else { return nil }
        return uid
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
