import TokenCore

/// The filters that people are asked for with, for a server and for a file alike.
struct PersonFilter: Sendable {
    /// The configured one: who counts as a person.
    let people: String
    let id: StableID
    let labels: PersonAttributes

    /// Those people who also match `filter`.
    func people(matching filter: String) -> String { "(&\(people)\(filter))" }

    /// Whoever has one of these ids. nil if `ids` holds none that this attribute could have.
    func anybody(_ ids: some Sequence<String>) -> String? {
        let terms = ids.compactMap { id.assertion($0) }.map { "(\(id.attribute)=\($0))" }
        return terms.isEmpty ? nil : "(|\(terms.joined()))"
    }

    /// The people `key` means; nil if it can mean nobody.
    func people(_ key: PersonKey) -> String? {
        switch key {
        case .id(let id): return anybody([id]).map(people(matching:))
        case .login(let login):
            guard !login.isEmpty else { return nil }
            let value = FilterEscaping.value(login)
            // As `EntryMapping`: who has no login goes by e-mail.
            return people(
                matching: "(|(\(labels.login)=\(value))(&(!(\(labels.login)=*))(\(labels.email)=\(value))))")
        case .email(let email):
            guard !email.isEmpty else { return nil }
            return people(matching: "(\(labels.email)=\(FilterEscaping.value(email)))")
        }
    }
}
