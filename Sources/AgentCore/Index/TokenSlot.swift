import TokenCore
import TokenStorage

/// A token as a table keeps it: 64 bytes, one line of the processor's cache, and nothing that points
/// anywhere. Owner and terms are numbers in tables beside it.
struct TokenSlot {
    /// What stands above the 48 bits of the user code.
    struct Marks: OptionSet {
        let rawValue: UInt64

        static let taken = Marks(rawValue: 1 << 63)
        static let revoked = Marks(rawValue: 1 << 62)
        /// The secret before the last rotation is kept beside the table: few tokens have one.
        static let hasPrevious = Marks(rawValue: 1 << 61)
        static let expires = Marks(rawValue: 1 << 60)
        /// The last use is not in the store yet.
        static let hasNewUse = Marks(rawValue: 1 << 59)
    }

    static let codeMask: UInt64 = 1 << 48 - 1
    static let neverUsed = Int64.min

    /// 0 for a free slot.
    private(set) var key: UInt64
    let secret: SecretDigest
    private let expiry: Int64
    /// In milliseconds.
    var lastUse: Int64
    let owner: UInt32
    let terms: UInt32

    init(_ record: TokenRecord, owner: UInt32, terms: UInt32) {
        var marks = Marks.taken
        if record.ending != nil { marks.insert(.revoked) }
        if record.previous != nil { marks.insert(.hasPrevious) }
        if record.expiresAt != nil { marks.insert(.expires) }
        key = record.id.value | marks.rawValue
        secret = record.secret
        expiry = record.expiresAt?.milliseconds ?? 0
        lastUse = record.lastUsedAt?.milliseconds ?? Self.neverUsed
        self.owner = owner
        self.terms = terms
    }

    /// As it was read at start: without a previous secret.
    init(_ token: LoadedToken, owner: UInt32, terms: UInt32) {
        var marks = Marks.taken
        if token.isRevoked { marks.insert(.revoked) }
        if token.expiresAt != nil { marks.insert(.expires) }
        key = token.id.value | marks.rawValue
        secret = token.secret
        expiry = token.expiresAt?.milliseconds ?? 0
        lastUse = token.lastUsedAt?.milliseconds ?? Self.neverUsed
        self.owner = owner
        self.terms = terms
    }

    var code: UInt64 { key & Self.codeMask }
    var isFree: Bool { key == 0 }

    /// Whether it is taken, and by that user code.
    func holds(_ code: UInt64) -> Bool { key & (Self.codeMask | Marks.taken.rawValue) == code | 1 << 63 }

    func has(_ mark: Marks) -> Bool { key & mark.rawValue != 0 }

    var hasNewUse: Bool {
        get { has(.hasNewUse) }
        set { key = newValue ? key | Marks.hasNewUse.rawValue : key & ~Marks.hasNewUse.rawValue }
    }

    var expiresAt: Timestamp? { has(.expires) ? Timestamp(milliseconds: expiry) : nil }
    var ending: Ending.Kind? { has(.revoked) ? .revoked : nil }
}
