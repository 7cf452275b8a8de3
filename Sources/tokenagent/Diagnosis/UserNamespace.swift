import Foundation

/// Which users of the machine this process can tell apart (user_namespaces(7)).
///
/// In a namespace of its own, as by `PrivateUsers=yes`, everybody else looks like uid 65534 to the kernel's
/// word on callers, and is turned away.
struct UserNamespace: Hashable, Sendable {
    /// How many users have a number here.
    let users: UInt64
    /// Whether they have the machine's own numbers.
    let isInitial: Bool

    /// A text as of /proc/self/uid_map: lines of "first inside, first outside, count". nil when it is none.
    init?(map: String) {
        var (users, isInitial) = (UInt64(0), true)
        for line in map.split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count == 3 else { return nil }
            users += numbers[2]
            isInitial = isInitial && numbers[0] == numbers[1]
        }
        guard users > 0 else { return nil }
        self.users = users
        // All there are, but the one that means "none".
        self.isInitial = isInitial && users >= UInt64(UInt32.max)
    }

    /// nil when the kernel does not say.
    static var own: UserNamespace? {
        let map = FileManager.default.contents(atPath: "/proc/self/uid_map")
        return map.flatMap { UserNamespace(map: String(decoding: $0, as: UTF8.self)) }
    }

    /// nil when callers are seen as who they are.
    var warning: String? {
        guard !isInitial else { return nil }
        return "this runs in a user namespace with \(users) user\(users == 1 ? "" : "s"): "
            + "callers from outside it look like nobody (uid 65534), and are turned away"
    }
}
