import Dispatch
import Glibc
import NIOCore
import Synchronization

/// The local names of uids. Asked on threads of their own: the name service may itself wait for a directory.
final class LocalUsers: Sendable {
    /// How long an answer is believed: whoever asks often would read the users' file as often.
    static let believedSeconds: Int64 = 5
    /// Answers kept; above it all are asked for anew.
    static let knownMax = 1024

    private struct Answer {
        let name: String?
        let until: NIODeadline
    }

    private let queue = DispatchQueue(label: "tokenagent.local-users", attributes: .concurrent)
    private let known = Mutex<[UInt32: Answer]>([:])

    /// nil when the uid has no name.
    func name(of uid: UInt32) async -> String? {
        let now = NIODeadline.now()
        if let answer = known.withLock({ $0[uid] }), answer.until > now { return answer.name }
        let name = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Self.lookUp(uid)) }
        }
        known.withLock { known in
            if known.count >= Self.knownMax { known = [:] }
            known[uid] = Answer(name: name, until: now + .seconds(Self.believedSeconds))
        }
        return name
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
