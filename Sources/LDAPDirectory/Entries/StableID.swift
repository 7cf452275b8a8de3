import Foundation

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

    /// The id of `entry`; nil if it has none, several, or one that is not well-formed or far too long.
    func text(of entry: Entry) -> String? {
        guard let value = entry.onlyValue(attribute), (1...LabelLimits.idOctetsMax).contains(value.count)
        else { return nil }
        return text(value)
    }

    private static let hexadecimalPrefix = "hex:"

    private func text(_ octets: ArraySlice<UInt8>) -> String? {
        switch form {
        case .guid: return octets.count == 16 ? GUID.text(octets) : nil
        case .uuid, .nsUniqueID:
            guard isWellFormed(octets) else { return nil }
            return String(unsafeUninitializedCapacity: octets.count) { text in
                var count = 0
                for octet in octets {
                    text[count] = AttributeName.folded(octet)
                    count += 1
                }
                return count
            }
        case .opaque:
            if let text = String(validating: octets, as: UTF8.self), !text.hasPrefix(Self.hexadecimalPrefix),
                text.unicodeScalars.allSatisfy({ !$0.properties.generalCategory.isControl }),
                text.isTheOneSpelling
            {
                return text
            }
            return Self.hexadecimalPrefix + Hexadecimal.text(octets)
        }
    }

    /// The assertion value that finds `id`; nil if `id` cannot be one of this attribute's. A server answers a
    /// malformed assertion with success and nobody (RFC 4511 4.5.1.7: Undefined), which must not be taken for
    /// absence.
    func assertion(_ id: String) -> String? {
        switch form {
        case .guid: return GUID.octets(id).map(FilterEscaping.octets)
        case .uuid, .nsUniqueID: return isWellFormed(id.utf8) ? FilterEscaping.octets(id.utf8) : nil
        case .opaque:
            guard id.hasPrefix(Self.hexadecimalPrefix) else {
                return id.isEmpty ? nil : FilterEscaping.octets(id.utf8)
            }
            return Hexadecimal.octets(id.dropFirst(Self.hexadecimalPrefix.count)).map(
                FilterEscaping.octets)
        }
    }

    /// An id that is well-formed and nobody's: to see whether "not found" is ever the answer. RFC 9562 5.9
    /// keeps the UUID of zeros for this.
    var ofNobody: String {
        switch form {
        case .uuid, .guid: "00000000-0000-0000-0000-000000000000"
        case .nsUniqueID: "00000000-00000000-00000000-00000000"
        case .opaque: "nobody-whom-tokenagent-asks-for"
        }
    }

    /// Hexadecimal digits in groups, with a dash after each but the last.
    private func isWellFormed(_ id: some Collection<UInt8>) -> Bool {
        let isUUID = form == .uuid
        guard id.count == (isUUID ? 36 : 35) else { return false }
        var position = 0
        for octet in id {
            let isDash = isUUID ? Self.isDashOfUUID(position) : Self.isDashOfNsUniqueID(position)
            guard isDash ? octet == UInt8(ascii: "-") : Hexadecimal.isDigit(octet) else { return false }
            position += 1
        }
        return true
    }

    private static func isDashOfUUID(_ position: Int) -> Bool {
        position == 8 || position == 13 || position == 18 || position == 23
    }

    private static func isDashOfNsUniqueID(_ position: Int) -> Bool {
        position == 8 || position == 17 || position == 26
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool { self == .control || self == .unassigned || self == .lineSeparator }
}

extension String {
    /// Whether it is in the form that only one of canonically equivalent texts has (Unicode 3.11, D120): of
    /// those that Swift, and so each set of ids, would take for the same, one may stand as it is.
    fileprivate var isTheOneSpelling: Bool {
        utf8.allSatisfy { $0 < 0x80 } || utf8.elementsEqual(precomposedStringWithCanonicalMapping.utf8)
    }
}
