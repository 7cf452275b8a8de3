import AgentServer
import Glibc

/// Tells the service manager how things stand (sd_notify(3)). Does nothing where there is none.
enum ServiceNotice {
    @Sendable static func tell(_ phase: SocketServer.Phase) {
        switch phase {
        case .serving: tell("READY=1\nSTATUS=serving")
        case .draining: tell("STOPPING=1\nSTATUS=draining")
        }
    }

    @Sendable static func tell(_ state: BridgeService.State) {
        switch state {
        case .listening: tell("STATUS=serving")
        case .notListening(let reason): tell("STATUS=serving, but not over HTTP: it \(reason)")
        }
    }

    static func tell(_ state: String) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else { return }
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8)
            // An abstract socket is written with @ and begins with NUL.
            if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(socket, state, state.utf8.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
