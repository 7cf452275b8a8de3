/// A retrievable secret as it lies in the store: AES-256-GCM, the key outside.
package struct SealedSecret: Hashable, Sendable {
    /// Which key sealed it: `SealingKey.id`.
    package var keyID: String
    /// Nonce, ciphertext and tag.
    package var bytes: [UInt8]

    package init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}
