/// In which way a server does content sync that RFC 4533 leaves open, or does not.
struct SyncDialect: Hashable, Sendable {
    /// The entries have the attributes that were asked for. Otherwise they say only *who* changed.
    var tellsEntries = false
    /// Whoever left is named, although the refresh ends without refreshDeletes.
    var namesDeletions = false

    static let openLDAP = SyncDialect(tellsEntries: true)
    /// 389-ds takes refreshes from its changelog: with all user attributes whatever was asked for, without
    /// operational ones (nsUniqueId, nsAccountLock), and refreshDeletes always false (its
    /// sync_result_msg).
    static let directoryServer389 = SyncDialect(namesDeletions: true)

    init(tellsEntries: Bool = false, namesDeletions: Bool = false) {
        self.tellsEntries = tellsEntries
        self.namesDeletions = namesDeletions
    }

    init(_ profile: ServerProfile) {
        switch profile.vendor {
        case "OpenLDAP"?: self = .openLDAP
        case let vendor? where vendor.contains("389"): self = .directoryServer389
        default: self.init()
        }
    }
}
