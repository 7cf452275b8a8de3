/// As much of LDAP's messages as a scripted peer has to read and write (RFC 4511 4). It talks to nobody but
/// tests, so that what it cannot read is nil.
struct PeerWire {
    static let pagedResults = "1.2.840.113556.1.4.319"

    private var rest: ArraySlice<UInt8>

    init(_ octets: some Collection<UInt8>) { rest = ArraySlice(octets) }

    /// What has not been read.
    var remainder: ArraySlice<UInt8> { rest }

    mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = rest.first, let (count, header) = Self.length(rest.dropFirst()) else { return nil }
        let content = rest.dropFirst(1 + header)
        guard content.count >= count else { return nil }
        rest = content.dropFirst(count)
        return (tag, content.prefix(count))
    }

    private static func length(_ octets: ArraySlice<UInt8>) -> (count: Int, header: Int)? {
        guard let first = octets.first else { return nil }
        guard first >= 0x80 else { return (Int(first), 1) }
        let digits = octets.dropFirst().prefix(Int(first & 0x7f))
        guard digits.count == Int(first & 0x7f), digits.count <= 4 else { return nil }
        return (digits.reduce(0) { $0 << 8 | Int($1) }, 1 + digits.count)
    }

    /// Every text in there, however deep.
    static func texts(_ tag: UInt8, _ content: ArraySlice<UInt8>) -> [String] {
        guard tag & 0x20 != 0 else { return [String(decoding: content, as: UTF8.self)] }
        var reader = PeerWire(content)
        var found: [String] = []
        while let part = reader.next() { found += texts(part.tag, part.content) }
        return found
    }

    static func controls(_ content: ArraySlice<UInt8>) -> [String: [UInt8]] {
        var list = PeerWire(content)
        var found: [String: [UInt8]] = [:]
        while let control = list.next() {
            var parts = PeerWire(control.content)
            guard let oid = parts.next() else { continue }
            var value: [UInt8] = []
            // Criticality may stand before it.
            while let part = parts.next() { if part.tag == 0x04 { value = Array(part.content) } }
            found[String(decoding: oid.content, as: UTF8.self)] = value
        }
        return found
    }
}

extension PeerWire {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        guard count >= 0x80 else { return [tag, UInt8(count)] + content }
        return [tag, 0x84] + (0..<4).reversed().map { UInt8(count >> ($0 * 8) & 0xff) } + content
    }

    static func octets(_ content: some Sequence<UInt8>) -> [UInt8] { element(0x04, Array(content)) }

    static func integer(_ value: Int, tag: UInt8 = 0x02) -> [UInt8] {
        element(tag, (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 0xff) })
    }

    static func message(_ id: Int, _ operation: [UInt8], _ controls: [(String, [UInt8])] = []) -> [UInt8] {
        let list = controls.flatMap { element(0x30, octets($0.0.utf8) + octets($0.1)) }
        return element(0x30, integer(id) + operation + (list.isEmpty ? [] : element(0xa0, list)))
    }

    static func result(_ tag: UInt8, _ code: Int, _ text: String) -> [UInt8] {
        element(tag, integer(code, tag: 0x0a) + octets([]) + octets(text.utf8))
    }

    static func entry(_ dn: [UInt8], _ attributes: [(String, [[UInt8]])]) -> [UInt8] {
        let list = attributes.flatMap { name, values in
            element(0x30, octets(name.utf8) + element(0x31, values.flatMap { octets($0) }))
        }
        return element(0x64, octets(dn) + element(0x30, list))
    }

    /// The value of a page's control (RFC 2696).
    static func page(_ cookie: [UInt8]) -> (String, [UInt8]) {
        (pagedResults, element(0x30, integer(0) + octets(cookie)))
    }
}
