import Dispatch
import Glibc

/// The local names of uids. Asked on threads of their own: the name service may itself wait for a directory.
struct LocalUsers: Sendable {
    private let queue = DispatchQueue(label: "tokenagent.local-users", attributes: .concurrent)

    /// nil when the uid has no name.
    func name(of uid: UInt32) async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Self.lookUp(uid)) }
        }
    }

    private static func lookUp(_ uid: UInt32) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        while true {
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let result = getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
            if result == ERANGE {
                buffer = [CChar](repeating: 0, count: buffer.count * 2)
                continue
            }
            guard result == 0, let found else { return nil }
            return String(cString: found.pointee.pw_name)
        }
    }
}
