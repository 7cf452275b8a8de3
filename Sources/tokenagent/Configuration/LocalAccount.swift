/// A user or group of this host, as it was written. It is resolved when the daemon loads its configuration.
enum LocalAccount: Hashable, Sendable {
    case name(String)
    case number(UInt32)
}

extension YAMLValue where Value == LocalAccount {
    static var account: Self {
        YAMLValue<String>.text.map { (text) throws(YAMLRefusal) in
            if text.utf8.allSatisfy({ (48...57).contains($0) }) {
                // (uid_t)-1 means "nobody in particular" to the kernel: chown(2), setreuid(2).
                guard let number = UInt32(text), number != .max else {
                    throw YAMLRefusal("expected a number from 0 to \(UInt32.max - 1)")
                }
                return .number(number)
            }
            // Names from a directory may hold nearly anything (`EXAMPLE\domain users`), but never the colon
            // of passwd(5).
            guard text != "*", !text.contains(":"), !text.hasPrefix("-") else {
                throw YAMLRefusal("expected the name or the number of an account")
            }
            return .name(text)
        }
    }
}
