/// Why a mutation does not fit what is stored. The caller decides; the rest of the group goes on.
package enum StoreConflict: Error, Hashable, Sendable {
    /// The user code is taken, be it by a tombstone: draw another.
    case duplicateID
    /// A token that is neither revoked nor purged has this owner, audience and name.
    case duplicateName
    /// There is no such token to update.
    case noSuchToken
    /// An answer is already remembered under this idempotency key.
    case duplicateKey
}
