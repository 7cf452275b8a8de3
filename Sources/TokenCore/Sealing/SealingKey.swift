import Crypto

/// The key that seals retrievable secrets. 32 random bytes, which never lie in the database.
package struct SealingKey: Sendable {
    package static let byteCount = 32

    private let key: SymmetricKey
    /// The first 16 hex digits of the key's SHA-256: names the key without telling it.
    package let id: String

    /// nil unless there are exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        key = SymmetricKey(data: bytes)
        id = Hex.encode(SHA256.hash(data: bytes).prefix(8))
    }

    package static func randomBytes() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    /// Binds the ciphertext to its token and owner, so that it opens nowhere else.
    package func seal(
        _ passCode: PassCode, of token: UserCode, owner: OwnerID
    ) throws(SealingError) -> SealedSecret {
        do {
            let secret = Array(passCode.reveal().utf8)
            let box = try AES.GCM.seal(secret, using: key, authenticating: associatedData(token, owner))
            guard let combined = box.combined else { throw SealingError.cannotSeal }
            return SealedSecret(keyID: id, bytes: Array(combined))
        } catch {
            throw .cannotSeal
        }
    }

    package func open(
        _ sealed: SealedSecret, of token: UserCode, owner: OwnerID
    ) throws(SealingError) -> PassCode {
        guard sealed.keyID == id else { throw .otherKey(sealed.keyID) }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.bytes)
            let secret = try AES.GCM.open(box, using: key, authenticating: associatedData(token, owner))
            guard let passCode = PassCode(unsealed: Array(secret)) else { throw SealingError.damaged }
            return passCode
        } catch {
            throw .damaged
        }
    }

    private func associatedData(_ token: UserCode, _ owner: OwnerID) -> [UInt8] {
        // NUL cannot occur in a source's name, nor in a user code.
        Array("tokenagent-seal-1\0\(token)\0\(id)\0\(owner.source)\0\(owner.id)".utf8)
    }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package enum SealingError: Error, Hashable, Sendable {
    case cannotSeal
    /// There is no key to seal with.
    case noKey
    /// Sealed by another key than the one at hand: find the key of this id.
    case otherKey(String)
    /// The sealed value was changed, or belongs to another token.
    case damaged
}
