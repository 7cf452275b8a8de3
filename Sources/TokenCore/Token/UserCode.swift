/// The public half of a token: 8 base62 characters, safe to log. Kept as the number they spell.
package struct UserCode: Hashable, Sendable {
    package static let length = 8
    /// 62^8
    package static let count: UInt64 = 218_340_105_584_896

    package let value: UInt64

    /// For numbers below 62^8, as read from the store.
    package init?(value: UInt64) {
        guard value < Self.count else { return nil }
        self.value = value
    }

    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length, let value = Base62.decode(bytes) else { return nil }
        self.value = value
    }

    package init?(_ text: String) { self.init(Array(text.utf8)) }

    package static func random(using generator: inout some RandomNumberGenerator) -> UserCode {
        UserCode(unchecked: UInt64.random(in: 0..<count, using: &generator))
    }

    private init(unchecked value: UInt64) { self.value = value }

    /// One of `UserCodePlaces`.
    init(place: UInt64, _ offset: UInt64) {
        precondition(place + offset < Self.count, "there is no such place")
        value = place + offset
    }

    /// The eight characters, without an array for them.
    package func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
        var characters: UInt64 = 0
        var rest = value
        for _ in 0..<Self.length {
            characters = characters << 8 | UInt64(Base62.alphabet[Int(rest % 62)])
            rest /= 62
        }
        return withUnsafeBytes(of: characters.littleEndian, body)
    }

    package var bytes: [UInt8] { Base62.encode(value, width: Self.length) }
}

extension UserCode: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
