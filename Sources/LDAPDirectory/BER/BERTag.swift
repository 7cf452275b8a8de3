/// The universal tags that controls are made of (X.690 8).
enum BERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let octetString: UInt8 = 0x04
    static let enumerated: UInt8 = 0x0a
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
}

/// Puts together what goes into a control.
enum BERWriter {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + length(content.count) + content
    }

    static func integer(_ value: Int, tag: UInt8 = BERTag.integer) -> [UInt8] {
        var octets = withUnsafeBytes(of: value.bigEndian) { Array($0) }
        // As short as it can be without changing its sign (X.690 8.3.2).
        while octets.count > 1,
            octets[0] == 0 && octets[1] < 0x80 || octets[0] == 0xff && octets[1] >= 0x80
        {
            octets.removeFirst()
        }
        return element(tag, octets)
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        let octets = withUnsafeBytes(of: count.bigEndian) { Array($0.drop { $0 == 0 }) }
        return [0x80 | UInt8(octets.count)] + octets
    }
}
