import Foundation

/// Who listens at TCP ports of this host, by the kernel's word (/proc/net/tcp in proc(5)).
struct ListenerTable {
    private static let listening = "0A"
    private static let files = ["/proc/net/tcp", "/proc/net/tcp6"]

    /// Texts as of /proc/net/tcp and /proc/net/tcp6.
    let texts: [String]

    static var own: ListenerTable {
        ListenerTable(
            texts: files.compactMap { FileManager.default.contents(atPath: $0) }.map {
                String(decoding: $0, as: UTF8.self)
            })
    }

    /// The users of those who listen at a port, whatever the address: where one is in the way it is that
    /// address or all of them.
    func owners(of port: Int) -> Set<UInt32> {
        Set(texts.flatMap { $0.split(separator: "\n") }.compactMap { Self.owner($0, port) })
    }

    private static func owner(_ line: Substring, _ port: Int) -> UInt32? {
        // sl, local_address, rem_address, st, queues, timer, retrnsmt, uid
        let fields = line.split(separator: " ")
        guard fields.count > 7, fields[3] == listening,
            let own = fields[1].split(separator: ":").last, Int(own, radix: 16) == port
        else { return nil }
        return UInt32(fields[7])
    }
}
