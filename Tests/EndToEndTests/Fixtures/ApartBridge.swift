import Glibc

@testable import RealServers

/// `tokenagent bridge` for a daemon under test.
final class ApartBridge {
    let child: ChildProcess
    private let folder: TemporaryFolder

    var log: String { get throws { try folder.text(of: "log") } }

    /// `listen` as the configuration spells it. Waits for nothing.
    init(of daemon: DaemonProcess, listen: String, prefix: [String] = []) throws {
        folder = try TemporaryFolder()
        let yaml = "http: {listen: \"\(listen)\", state_file: \(folder.file("http.json"))}\n"
        let command = [
            DaemonProcess.executable, "bridge", "--config", try folder.write(yaml, to: "c.yaml"),
            "--socket", daemon.socket,
        ]
        child = try ChildProcess(.init(command: prefix + command, errors: folder.write("", to: "log")))
    }

    func awaitListening() throws {
        try eventually("the bridge") {
            guard child.isRunning else { throw FixtureFailure("it has ended: \(try log)") }
            return try log.contains("the HTTP bridge listens")
        }
    }
}

/// Whether a bridge answers at an address.
enum BridgeProbe {
    static func isWell(port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let connection = RawSocket(connected: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isConnected && isWell(connection)
    }

    static func isWell(path: String) -> Bool {
        guard let connection = try? RawSocket(path: path) else { return false }
        return isWell(connection)
    }

    private static func isWell(_ connection: RawSocket) -> Bool {
        let request = "GET /healthz HTTP/1.1\r\nHost: bridge\r\nConnection: close\r\n\r\n"
        guard (try? connection.send(request)) != nil else { return false }
        return (try? connection.line())?.hasPrefix("HTTP/1.1 200") == true
    }
}
