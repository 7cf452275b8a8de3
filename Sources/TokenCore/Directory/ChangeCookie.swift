/// Up to where a server's changes are known. Means something to that server only, and only under the settings
/// (base, filter, bind DN) that it was made with.
package struct ChangeCookie: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// RFC 4533.
        case contentSync = "sync"
        /// [MS-ADTS] 3.1.1.3.4.1.3.
        case dirSync = "dirsync"
        case usnChanged = "usn"
        case modifyTimestamp = "time"

        package var method: String {
            switch self {
            case .contentSync: "content sync"
            case .dirSync: "DirSync"
            case .usnChanged: "uSNChanged"
            case .modifyTimestamp: "modifyTimestamp"
            }
        }
    }

    package var kind: Kind
    /// As `DirectorySession.server`.
    package var server: String
    package var bytes: [UInt8]

    package init(kind: Kind, server: String, bytes: [UInt8]) {
        self.kind = kind
        self.server = server
        self.bytes = bytes
    }

    /// For storing: kind, octets in hexadecimal, server.
    package var text: String { "\(kind.rawValue) \(Hex.encode(bytes)) \(server)" }

    /// nil for anything that `text` never is.
    package init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), let bytes = Self.octets(parts[1])
        else { return nil }
        self.init(kind: kind, server: String(parts[2]), bytes: bytes)
    }

    private static func octets(_ hexadecimal: Substring) -> [UInt8]? {
        let digits = hexadecimal.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            octets.append(UInt8(high << 4 | low))
        }
        return octets
    }
}
