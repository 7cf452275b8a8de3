package import TokenCore

/// Some of the tokens that are read at start. Owners and terms have numbers, each reader its own, from 0 in
/// the order in which they are met: most tokens share theirs with others, and are spared the strings.
package struct LoadedGroup {
    /// Met for the first time.
    package internal(set) var owners: [OwnerID] = []
    /// Met for the first time; without expiry, which is each token's own.
    package internal(set) var terms: [TokenTerms] = []
    package internal(set) var tokens: [LoadedToken] = []
    /// The few that still have the secret before their last rotation, whole.
    package internal(set) var rotated: [TokenRecord] = []

    mutating func removeAll() {
        owners.removeAll(keepingCapacity: true)
        terms.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        rotated.removeAll(keepingCapacity: true)
    }
}

package struct LoadedToken {
    package let id: UserCode
    package let secret: SecretDigest
    package let expiresAt: Timestamp?
    package let lastUsedAt: Timestamp?
    package let isRevoked: Bool
    package internal(set) var owner = 0
    package internal(set) var terms = 0
}
