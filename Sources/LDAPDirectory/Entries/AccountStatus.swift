import TokenCore

/// Whether an account is disabled, by the rules of the directories we know. Any rule that says so wins.
///
/// A value that cannot be read says nothing: what is unknown never acts.
struct AccountStatus: Sendable {
    let rule: DisabledRule

    /// What has to be read to judge. Servers ignore the names they do not know (RFC 4511 4.5.1.8).
    var attributes: [String] {
        switch rule {
        case .auto: Self.rules.map(\.attribute)
        case .attribute(let name, _): [name]
        }
    }

    /// What everybody has whose account can be disabled: [MS-SAMR] 3.1.1.8.10. On nobody, it cannot be seen.
    static let universalOnActiveDirectory = "userAccountControl"

    /// The directory's own word for why `entry` is disabled; nil when it is enabled.
    func reason(_ entry: Entry, now: Timestamp) -> String? {
        switch rule {
        case .attribute(let name, let value):
            let wanted = Person.fold(value)
            return entry.texts(name).contains { Person.fold($0) == wanted } ? name : nil
        case .auto:
            // Most have none of them.
            return Self.rules.first { rule in
                entry.has(rule.attribute)
                    && entry.texts(rule.attribute).contains { rule.disables($0, now) }
            }?.attribute
        }
    }

    private typealias Rule = (attribute: String, disables: @Sendable (String, Timestamp) -> Bool)

    private static let rules: [Rule] = [
        // Active Directory and Samba: ADS_UF_ACCOUNTDISABLE.
        ("userAccountControl", { value, _ in Int64(value).map { $0 & 2 != 0 } ?? false }),
        (
            "accountExpires",
            { value, now in Int64(value).flatMap(moment(fileTime:)).map { $0 <= now } ?? false }
        ),
        // 389-ds and FreeIPA.
        ("nsAccountLock", { value, _ in isTrue(value) }),
        // FreeIPA, and MIT's KDC where its database is in LDAP: of the principal, not of its password.
        // 1970 means never (FreeIPA's prepost.c of ipa-pwd-extop).
        (
            "krbPrincipalExpiration",
            { value, now in
                GeneralizedTime.timestamp(value).map { $0 > Timestamp(milliseconds: 0) && $0 <= now } ?? false
            }
        ),
        // OpenLDAP ppolicy (slapo-ppolicy(5)): any other date is a lock-out that ends by itself.
        ("pwdAccountLockedTime", { value, _ in value == "000001010000Z" }),
        ("pwdEndTime", { value, now in GeneralizedTime.timestamp(value).map { $0 <= now } ?? false }),
        // shadow(5), judged as pam_unix does: over from that day on, and -1 means never.
        (
            "shadowExpire",
            { value, now in
                Int64(value).map { $0 >= 0 && Timestamp(milliseconds: 0) + .days(min($0, 10_000_000)) <= now }
                    ?? false
            }
        ),
        // eDirectory.
        ("loginDisabled", { value, _ in isTrue(value) }),
    ]

    private static func isTrue(_ value: String) -> Bool { Person.fold(value) == "true" }

    /// [MS-ADTS] 2.2.9: units of 100 ns since 1601; 0 and 2^63-1 mean never.
    private static func moment(fileTime: Int64) -> Timestamp? {
        guard fileTime > 0, fileTime < .max else { return nil }
        return Timestamp(milliseconds: fileTime / 10_000 - 11_644_473_600_000)
    }
}
