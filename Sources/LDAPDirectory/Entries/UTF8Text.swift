/// Octets as text, if they are UTF-8. Most labels are ASCII, and need no more than a look at each octet.
enum UTF8Text {
    static func validated(_ octets: UnsafeBufferPointer<UInt8>) -> String? {
        var all: UInt8 = 0
        for octet in octets { all |= octet }
        // What is ASCII is UTF-8, and nothing of it is replaced.
        if all < 0x80 { return String(decoding: octets, as: UTF8.self) }
        return String(validating: octets, as: UTF8.self)
    }
}
