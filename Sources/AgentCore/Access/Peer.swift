/// Who is at the other end of a connection, as the kernel said once, when it was made.
///
/// The weakness of it: these are the credentials of whoever called connect(2). A descriptor can be handed
/// on, and a process that changes its user keeps its connections.
package struct Peer: Hashable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// The supplementary groups, and `gid` among them.
    package var groups: Set<UInt32>
    /// For people to read. Decides nothing: it may have been used again.
    package var pid: Int32

    package init(uid: UInt32, gid: UInt32, groups: Set<UInt32> = [], pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.groups = groups.union([gid])
        self.pid = pid
    }
}
