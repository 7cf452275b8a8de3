/// Replaces the key that seals retrievable secrets.
public struct KeyRotate: MethodParams {
    public init() {}

    public static let description = MethodDescription(
        .keyRotate, "Replaces the sealing key, and seals anew what it sealed.", callers: .admin,
        .init(
            result: .all([
                ("from", .array(.text, max: nil)), ("to", .text), ("resealed", .count),
                ("unreadable", .array(.text, max: nil)), ("retired", .nullable(.text)),
            ]),
            errors: [.notPermitted, .conflict, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        /// The keys that sealed until now.
        public var from: [String]
        public var to: String
        /// Secrets that were sealed anew by this call.
        public var resealed: Int
        /// Tokens whose sealed secret no key at hand opens.
        public var unreadable: [String]
        /// Where the former key lies now; null while it is still in use, or where it is for the administrator
        /// to move.
        @Nullable public var retired: String?

        public init(from: [String], to: String, resealed: Int, unreadable: [String], retired: String?) {
            self.from = from
            self.to = to
            self.resealed = resealed
            self.unreadable = unreadable
            _retired = Nullable(wrappedValue: retired)
        }
    }
}

/// Which keys there are, and what each has sealed.
public struct KeyStatus: MethodParams {
    public init() {}

    public static let description = MethodDescription(
        .keyStatus, "Says which sealing keys there are and what each has sealed.", callers: .admin,
        .init(
            result: .all([
                ("file", .text), ("rotating", .boolean), ("keys", .array(Key.schema, max: nil)),
            ]),
            errors: [.notPermitted, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var file: String
        /// A new key is there, and the former one not yet retired.
        public var rotating: Bool
        public var keys: [Key]

        public init(file: String, rotating: Bool, keys: [Key]) {
            self.file = file
            self.rotating = rotating
            self.keys = keys
        }
    }

    public struct Key: Codable, Hashable, Sendable {
        public var id: String
        /// Whether it seals what is sealed now.
        public var current: Bool
        /// Whether the daemon has it.
        public var present: Bool
        /// How many secrets it has sealed.
        public var sealed: Int

        public init(id: String, current: Bool, present: Bool, sealed: Int) {
            self.id = id
            self.current = current
            self.present = present
            self.sealed = sealed
        }

        static let schema = Schema.all([
            ("id", .text), ("current", .boolean), ("present", .boolean), ("sealed", .count),
        ])
    }
}
