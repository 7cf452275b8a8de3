/// `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`, as in a URL's authority (RFC 3986 3.2), without user
/// information.
struct HostAndPort: Hashable, Sendable {
    var host: String
    var port: Int?

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) }) else {
                return nil
            }
            rest = rest[rest.index(after: end)...]
        } else {
            host = String(rest.prefix { $0 != ":" })
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
            rest = rest.dropFirst(host.count)
        }
        guard !rest.isEmpty else { return }
        guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65_535).contains(number),
            String(number) == rest.dropFirst()
        else { return nil }
        port = number
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
