import TokenCore

/// A person as a spool has them: the length of all, then each text after its own length.
struct SpooledPerson {
    /// A place in a spool has no room for more.
    static let bytesMax = 1 << 24 - 1

    private static let lengthBytes = MemoryLayout<Int32>.size
    private static let none: Int32 = -1

    /// The place of each text, counted from 1: id, login, email, display_name, dn, disabled, login_folded,
    /// email_folded.
    static let disabledPlace: Int32 = 6

    private let texts: UnsafeRawBufferPointer.SubSequence

    /// One as it stands there.
    init(_ bytes: UnsafeRawBufferPointer) { texts = bytes.dropFirst(Self.lengthBytes) }

    var id: UnsafeRawBufferPointer {
        var rest = texts
        return Self.next(&rest) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// In their order; nil where there is none.
    func forEachText(_ body: (Int32, UnsafeRawBufferPointer?) throws -> Void) rethrows {
        var rest = texts
        var place: Int32 = 0
        while !rest.isEmpty {
            place += 1
            try body(place, Self.next(&rest))
        }
    }

    private static func next(
        _ rest: inout UnsafeRawBufferPointer.SubSequence
    ) -> UnsafeRawBufferPointer? {
        let length = Int(length(in: rest))
        rest = rest.dropFirst(lengthBytes)
        defer { rest = rest.dropFirst(max(length, 0)) }
        return length < 0 ? nil : UnsafeRawBufferPointer(rebasing: rest.prefix(length))
    }

    /// How long the one is that begins here; nil if not even that is there.
    static func length(_ bytes: UnsafeRawBufferPointer.SubSequence) -> Int? {
        bytes.count < lengthBytes ? nil : Int(length(in: bytes))
    }

    static func append(_ person: Person, to bytes: inout [UInt8]) throws(StorageError) {
        let start = bytes.count
        append(0, to: &bytes)
        append(person.id.id, to: &bytes)
        append(person.login, to: &bytes)
        append(person.email, to: &bytes)
        append(person.displayName, to: &bytes)
        append(person.dn, to: &bytes)
        append(person.disabled, to: &bytes)
        append(Person.fold(person.login), to: &bytes)
        append(person.email.map(Person.fold), to: &bytes)
        let count = bytes.count - start
        guard count <= bytesMax else {
            throw .inputOutput(detail: "the labels of \(person.id.id) take \(count) octets", code: 0)
        }
        withUnsafeBytes(of: Int32(count)) { bytes.replaceSubrange(start..<start + lengthBytes, with: $0) }
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        append(text.map { Int32($0.utf8.count) } ?? none, to: &bytes)
        if let text { bytes += text.utf8 }
    }

    private static func append(_ length: Int32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: length) { bytes += $0 }
    }

    private static func length(in bytes: UnsafeRawBufferPointer.SubSequence) -> Int32 {
        UnsafeRawBufferPointer(rebasing: bytes).loadUnaligned(as: Int32.self)
    }
}
