import Crypto

/// The hashes of `userPassword` that are a digest followed by its salt, which may be empty (RFC 2307 5.3 and
/// OpenLDAP's slappasswd(8), `{SSHA}`; contrib/slapd-modules/passwd/sha2 for the longer ones).
///
/// They are fast, so they are weak; they are what directories hold.
package enum PasswordHash: Hashable, Sendable {
    case md5, sha1, sha256, sha384, sha512

    /// From the name between the braces, in upper case. nil for any other.
    package init?(scheme: String) {
        switch scheme {
        case "MD5", "SMD5": self = .md5
        case "SHA", "SSHA": self = .sha1
        case "SHA256", "SSHA256": self = .sha256
        case "SHA384", "SSHA384": self = .sha384
        case "SHA512", "SSHA512": self = .sha512
        default: return nil
        }
    }

    /// False, too, if `stored` is too short to be such a hash. The digests are compared in constant time.
    package func matches(_ password: Password, stored: [UInt8]) -> Bool {
        switch self {
        case .md5: Self.matches(Insecure.MD5.self, password, stored)
        case .sha1: Self.matches(Insecure.SHA1.self, password, stored)
        case .sha256: Self.matches(SHA256.self, password, stored)
        case .sha384: Self.matches(SHA384.self, password, stored)
        case .sha512: Self.matches(SHA512.self, password, stored)
        }
    }

    private static func matches<Hash: HashFunction>(
        _: Hash.Type, _ password: Password, _ stored: [UInt8]
    ) -> Bool {
        let count = Hash.Digest.byteCount
        guard stored.count >= count else { return false }
        var hash = Hash()
        password.withBytes { hash.update(bufferPointer: $0) }
        hash.update(data: stored[count...])
        // A digest compares in constant time, also with octets.
        return hash.finalize() == stored[..<count]
    }
}
