/// A person as the directory shows them, in labels of their own spelling.
package struct Person: Hashable, Sendable {
    package var id: OwnerID
    package var login: String
    package var email: String?
    package var displayName: String?
    /// The distinguished name, for people to read and for binds. Never an identity.
    package var dn: String
    /// Why the account is disabled, in words of the directory's own (`nsAccountLock`, …); nil when it is
    /// enabled.
    package var disabled: String?

    package init(
        id: OwnerID, login: String, email: String? = nil, displayName: String? = nil, dn: String,
        disabled: String? = nil
    ) {
        self.id = id
        self.login = login
        self.email = email
        self.displayName = displayName
        self.dn = dn
        self.disabled = disabled
    }

    package var standing: Standing { disabled == nil ? .present : .disabled }

    /// The spelling that labels are compared in: logins and e-mails are case-insensitive in every directory
    /// we read.
    package static func fold(_ label: String) -> String { label.lowercased() }
}
