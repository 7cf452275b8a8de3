/// A person as the store remembers them: the last labels seen, and how they stand.
package struct PersonRecord: Hashable, Sendable {
    package var person: Person
    package var standing: Standing
    /// Since when they stand so.
    package var since: Timestamp
    /// What the confirming look-up said; nil while they are present or disabled.
    package var evidence: Evidence?
    /// The directory filters of the access rules that they match.
    package var memberships: [String]

    package init(
        person: Person, standing: Standing, since: Timestamp, evidence: Evidence? = nil,
        memberships: [String] = []
    ) {
        self.person = person
        self.standing = standing
        self.since = since
        self.evidence = evidence
        self.memberships = memberships
    }

    package var id: OwnerID { person.id }
}
