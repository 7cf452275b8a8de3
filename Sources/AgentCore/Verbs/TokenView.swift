package import TokenCore

/// A token as it is shown: what is kept of it, and what follows from its owner and the time.
package struct TokenView: Sendable {
    package var record: TokenRecord
    package var login: String
    package var email: String?
    package var state: TokenState

    init(_ record: TokenRecord, _ owner: PersonRecord?, at now: Timestamp) {
        self.record = record
        login = owner?.person.login ?? record.owner.id
        email = owner?.person.email
        state = record.state(standing: owner?.standing ?? .present, at: now)
    }
}
