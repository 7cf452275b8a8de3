import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// A name server that never answers. getaddrinfo(3) has no deadline, so that its thread has to be left.
    @Suite(.enabled(if: SmallDisk.isPossible, "a resolv.conf of one's own is a mount, which is root's"))
    struct SilentResolverTests {
        /// Takes datagrams, and says nothing. An address of loopback of our own, as the port is not for us to
        /// choose (resolv.conf(5)).
        private final class SilentServer {
            let address: String
            private let descriptor: Int32

            init() throws {
                let host = 0x7f4d_0000 | UInt32.random(in: 1...0xfffe)
                address = "127.77.\(host >> 8 & 0xff).\(host & 0xff)"
                descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
                var name = sockaddr_in()
                name.sin_family = sa_family_t(AF_INET)
                name.sin_port = UInt16(53).bigEndian
                name.sin_addr.s_addr = host.bigEndian
                let socket = descriptor
                let code = withUnsafePointer(to: &name) { name in
                    name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                guard code == 0 else { throw FixtureFailure("bind \(address): \(errno)") }
            }

            deinit { close(descriptor) }
        }

        @Test func `a name server that never answers costs a reading ten seconds, and nobody else anything`()
            throws
        {
            let server = try SilentServer()
            let daemon = try DaemonProcess(
                unstarted: DaemonSettings(directories: [
                    DaemonSettings.directory(
                        "corp", ["url: ldaps://ldap.example.org", "base: \"dc=example,dc=org\""])
                ]))
            let file = try daemon.folder.write(
                "nameserver \(server.address)\noptions timeout:30 attempts:5\n", to: "resolv.conf",
                mode: 0o644)
            daemon.prefix = [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                "mount --bind '\(file)' /etc/resolv.conf && exec \"$@\"", "sh",
            ]
            var begun = ContinuousClock.now
            try daemon.start()
            let token = try daemon.create(.service("backup"))
            let took = try best(under: .seconds(5)) { round in
                if round > 1 {
                    begun = .now
                    try daemon.restart()
                }
                let asked = ContinuousClock.now
                for _ in 1...100 { #expect(try daemon.verdict(token) == "active") }
                return asked.duration(to: .now)
            }
            #expect(took < .seconds(5), "\(took)")
            try daemon.awaitReadings()
            #expect(begun.duration(to: .now) > .seconds(9), "the name server was not waited for")
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(
                status["error"].text?.contains("did not answer in time (connecting)") == true, "\(status)")
            #expect(try daemon.terminate() == 0)
            withExtendedLifetime(server) {}
        }
    }
}
