/// The attribute that says who somebody is for ever, and how its octets are spelt as text and back.
struct StableID: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        /// RFC 4530: a UUID as dashed text.
        case uuid
        /// 16 octets. Active Directory's order ([MS-DTYP] 2.3.4.2): the first three groups are little-endian.
        case guid
        /// 389-ds: `8-8-8-8` hexadecimal digits.
        case nsUniqueID
        /// Whatever the administrator chose.
        case opaque
    }

    let attribute: String
    let form: Form

    init(attribute: String) {
        self.attribute = attribute
        self.form =
            switch attribute.lowercased() {
            case "entryuuid", "ipauniqueid": .uuid
            case "objectguid", "guid": .guid
            case "nsuniqueid": .nsUniqueID
            default: .opaque
            }
    }

    /// What `auto` looks for, best first. The order is for ever: 389-ds has had nsUniqueId since the
    /// beginning and entryUUID only since its plug-in was turned on, so an id must not change when it is.
    static let known = ["objectGUID", "nsUniqueId", "ipaUniqueID", "entryUUID", "GUID"].map(StableID.init)

    /// The best of the known attributes that `entry` shows.
    static func offered(by entry: Entry) -> StableID? {
        known.first { $0.text(of: entry) != nil }
    }

    /// The id of `entry`; nil if it has none, several, or one that is not well-formed.
    func text(of entry: Entry) -> String? {
        let values = entry.values(attribute)
        guard values.count == 1, !values[0].isEmpty else { return nil }
        return text(values[0])
    }

    private static let hexadecimalPrefix = "hex:"

    private func text(_ octets: [UInt8]) -> String? {
        switch form {
        case .guid: return octets.count == 16 ? GUID.text(octets) : nil
        case .uuid, .nsUniqueID:
            guard let text = String(validating: octets, as: UTF8.self)?.lowercased() else { return nil }
            return isWellFormed(text) ? text : nil
        case .opaque:
            if let text = String(validating: octets, as: UTF8.self), !text.hasPrefix(Self.hexadecimalPrefix),
                text.unicodeScalars.allSatisfy({ !$0.properties.generalCategory.isControl })
            {
                return text
            }
            return Self.hexadecimalPrefix + GUID.hexadecimal(octets)
        }
    }

    /// The assertion value that finds `id`; nil if `id` cannot be one of this attribute's. A server answers a
    /// malformed assertion with success and nobody (RFC 4511 4.5.1.7: Undefined), which must not be taken for
    /// absence.
    func assertion(_ id: String) -> String? {
        switch form {
        case .guid: return GUID.octets(id).map(FilterEscaping.octets)
        case .uuid, .nsUniqueID: return isWellFormed(id) ? FilterEscaping.octets(id.utf8) : nil
        case .opaque:
            guard id.hasPrefix(Self.hexadecimalPrefix) else {
                return id.isEmpty ? nil : FilterEscaping.octets(id.utf8)
            }
            return GUID.octets(hexadecimal: id.dropFirst(Self.hexadecimalPrefix.count)).map(
                FilterEscaping.octets)
        }
    }

    private func isWellFormed(_ id: String) -> Bool {
        let groups = form == .uuid ? [8, 4, 4, 4, 12] : [8, 8, 8, 8]
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == groups
            && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool { self == .control || self == .unassigned || self == .lineSeparator }
}
