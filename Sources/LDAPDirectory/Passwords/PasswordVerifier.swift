import CLDAP
import Foundation
import TokenCore

/// Compares a password with those a file holds, on a thread of its own: good hashes are slow on purpose.
actor PasswordVerifier {
    private nonisolated let thread: LDAPThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init() { thread = LDAPThread(name: "ldif") }

    isolated deinit { thread.stop() }

    /// Throws if none matches and one of them cannot be compared with: that says nothing of the password.
    func matches(_ password: Password, _ stored: [StoredPassword]) throws(DirectoryError) -> Bool {
        var unknown: String?
        for candidate in stored {
            switch candidate.matches(password) {
            case true?: return true
            case false?: continue
            case nil: unknown = candidate.scheme
            }
        }
        guard let unknown else { return false }
        throw .misconfigured(
            detail: "a userPassword is hashed with {\(unknown)}, which cannot be checked here")
    }
}

extension StoredPassword {
    /// nil if it is hashed in a way that cannot be checked here.
    fileprivate func matches(_ password: Password) -> Bool? {
        guard let scheme else { return password.matches(octets) }
        if scheme == "CRYPT" { return matchesCrypt(password) }
        guard let hash = PasswordHash(scheme: scheme), let stored = Data(base64Encoded: Data(octets)) else {
            return nil
        }
        return hash.matches(password, stored: Array(stored))
    }

    private func matchesCrypt(_ password: Password) -> Bool? {
        // "!" and "*" in front lock an account (shadow(5)).
        guard let first = octets.first, ![UInt8(ascii: "!"), UInt8(ascii: "*")].contains(first) else {
            return false
        }
        // A C string ends at a NUL: such a password would match by its beginning alone.
        guard !octets.contains(0) else { return nil }
        return password.withBytes { phrase -> Bool? in
            guard !phrase.contains(0) else { return false }
            let text = UnsafeMutablePointer<CChar>.allocate(capacity: phrase.count + 1)
            for (offset, octet) in phrase.enumerated() { text[offset] = CChar(bitPattern: octet) }
            text[phrase.count] = 0
            defer {
                explicit_bzero(text, phrase.count)
                text.deallocate()
            }
            let stored = octets.map { CChar(bitPattern: $0) } + [0]
            let answer = cldap_crypt_matches(text, stored)
            return answer < 0 ? nil : answer == 1
        }
    }
}
