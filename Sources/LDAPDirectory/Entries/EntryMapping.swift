import TokenCore

/// From a directory's entry to a person. Pure: what time it is, is an argument.
struct EntryMapping: Sendable {
    let source: String
    let id: StableID
    let labels: PersonAttributes
    let status: AccountStatus

    init(source: String, id: StableID, labels: PersonAttributes, disabled: DisabledRule) {
        self.source = source
        self.id = id
        self.labels = labels
        self.status = AccountStatus(rule: disabled)
    }

    /// What is asked for, and nothing else.
    var attributes: [String] {
        Self.unique([id.attribute, labels.login, labels.email, labels.displayName] + status.attributes)
    }

    /// Names compare without letter case, and asking for one twice is refused by some servers.
    static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    /// nil if `entry` has no stable id: then nothing can be said of who it is.
    ///
    /// Somebody without a login is alive all the same, so e-mail or id stand in for it.
    func person(_ entry: Entry, now: Timestamp) -> Person? {
        guard let stable = id.text(of: entry) else { return nil }
        let email = entry.text(labels.email, octetsMax: LabelLimits.labelOctetsMax)
        let login = entry.text(labels.login, octetsMax: LabelLimits.labelOctetsMax)
        return Person(
            id: OwnerID(source: source, id: stable),
            login: login ?? email ?? stable,
            email: email,
            displayName: entry.text(labels.displayName, octetsMax: LabelLimits.displayNameOctetsMax),
            dn: entry.dn,
            disabled: status.reason(entry, now: now))
    }

    /// Whether `text` is a login or an e-mail address of `entry`, spelt as there but for letter case.
    ///
    /// Servers find it by others, too, such as one with spaces around it or in letters of full width (RFC
    /// 4518): somebody's password could be tried by each of them in turn, and each would look like another
    /// login.
    func isSpelt(_ text: String, in entry: Entry) -> Bool {
        let wanted = Person.fold(text)
        return [labels.login, labels.email].contains { attribute in
            entry.texts(attribute).contains { Person.fold($0) == wanted }
        }
    }
}
