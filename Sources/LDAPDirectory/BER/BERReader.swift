/// Takes apart what is inside controls: BER in the subset LDAP allows (RFC 4511 5.1), definite lengths and
/// one-octet tags. Reads from a peer that may be anybody: nothing in it can make this trap or allocate more
/// than came in.
struct BERReader: Sendable {
    struct Malformed: Error, Hashable {
        let reason: String
    }

    struct Element: Sendable {
        let tag: UInt8
        let content: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ octets: some Collection<UInt8>) { rest = ArraySlice(octets) }

    var isAtEnd: Bool { rest.isEmpty }
    /// The tag of what comes next.
    var tag: UInt8? { rest.first }

    mutating func next() throws(Malformed) -> Element {
        guard let tag = rest.popFirst() else { throw Malformed(reason: "an element is missing") }
        guard tag & 0x1f != 0x1f else { throw Malformed(reason: "a tag has several octets") }
        let count = try length()
        guard count <= rest.count else { throw Malformed(reason: "an element is cut off") }
        defer { rest = rest.dropFirst(count) }
        return Element(tag: tag, content: rest.prefix(count))
    }

    private mutating func length() throws(Malformed) -> Int {
        guard let first = rest.popFirst() else { throw Malformed(reason: "a length is missing") }
        guard first & 0x80 != 0 else { return Int(first) }
        let octets = rest.prefix(Int(first & 0x7f))
        guard (1...4).contains(first & 0x7f), octets.count == Int(first & 0x7f) else {
            throw Malformed(reason: "a length is indefinite, too long or cut off")
        }
        rest = rest.dropFirst(octets.count)
        return octets.reduce(0) { $0 << 8 | Int($1) }
    }
}

extension BERReader {
    mutating func content(_ tag: UInt8) throws(Malformed) -> ArraySlice<UInt8> {
        let element = try next()
        guard element.tag == tag else {
            throw Malformed(reason: "tag \(element.tag) where \(tag) is wanted")
        }
        return element.content
    }

    mutating func constructed(_ tag: UInt8) throws(Malformed) -> BERReader { BERReader(try content(tag)) }

    mutating func octets() throws(Malformed) -> [UInt8] { Array(try content(BERTag.octetString)) }

    /// nil if something else comes next, or nothing.
    mutating func optionalOctets() throws(Malformed) -> [UInt8]? {
        tag == BERTag.octetString ? try octets() : nil
    }

    /// DEFAULT values are left out (X.690 11.5), but not by everybody.
    mutating func boolean(default value: Bool) throws(Malformed) -> Bool {
        guard tag == BERTag.boolean else { return value }
        let content = try content(BERTag.boolean)
        guard content.count == 1 else { throw Malformed(reason: "a boolean has \(content.count) octets") }
        return content.first != 0
    }

    /// An INTEGER or an ENUMERATED.
    mutating func integer(_ tag: UInt8 = BERTag.integer) throws(Malformed) -> Int {
        let content = try content(tag)
        guard let first = content.first, content.count <= MemoryLayout<Int>.size else {
            throw Malformed(reason: "an integer has \(content.count) octets")
        }
        return content.dropFirst().reduce(Int(Int8(bitPattern: first))) { $0 << 8 | Int($1) }
    }

    /// What follows the last element that is known: later versions may add some (RFC 4511 4), octets that are
    /// no elements they may not.
    mutating func skipRest() throws(Malformed) {
        while !isAtEnd { _ = try next() }
    }
}
