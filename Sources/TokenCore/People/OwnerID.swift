/// Who owns a token: a person of one directory by their stable id, or a `service`.
///
/// DN, login and e-mail are labels that may change hands. The stable id (entryUUID, objectGUID, …) never
/// does, so somebody re-hired under an old login can never match old tokens.
package struct OwnerID: Hashable, Comparable, Sendable {
    package let source: String
    package let id: String

    package init(source: String, id: String) {
        self.source = source
        self.id = id
    }

    /// The source of tokens that belong to no person: API keys, machines. They never become obsolete.
    package static let serviceSource = "service"

    package var isService: Bool { source == Self.serviceSource }

    /// Byte for byte: two ids that look the same may be two people's.
    package static func == (a: OwnerID, b: OwnerID) -> Bool {
        Spelling(a.id) == Spelling(b.id) && Spelling(a.source) == Spelling(b.source)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Spelling(source))
        hasher.combine(Spelling(id))
    }

    package static func < (a: OwnerID, b: OwnerID) -> Bool { (a.source, a.id) < (b.source, b.id) }
}
