import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// A reader that may not enumerate: every owner is looked up, and nobody else.
    @Suite struct OwnersOnlyTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess
        private let tokens: [MadeToken]

        init() throws {
            var options = Slapd.Options()
            options.sizeLimit = "500"
            slapd = try Slapd(Slapd.crowd(1200), options: options)
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [slapd.directory("corp", "enumerate: false")]))
            self.daemon = daemon
            tokens = try [1, 600, 1200].map { try daemon.create(.string("p\($0)")) }
        }

        @Test func `of 1,200 people, 500 of whom may be listed, the owner who leaves is found to be gone`()
            throws
        {
            let first = try daemon.sync()
            #expect(first["method"] == "owners" && first["complete"] == true)
            try slapd.delete(logins: ["p600", "p7"])
            let report = try daemon.sync()
            #expect(report["complete"] == true)
            #expect(report["gone"] == 1)
            #expect(try tokens.map(daemon.verdict) == ["active", "obsolete", "active"])
        }

        @Test func `rights that are withdrawn make no owner gone`() throws {
            _ = try daemon.sync()
            try slapd.restart(database: [
                "access to attrs=userPassword by anonymous auth by * none",
                "access to dn.children=\"\(Slapd.people)\" by * none", "access to * by * read",
            ])
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            #expect(try tokens.map(daemon.verdict) == ["active", "active", "active"])
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["state"] == "failing")
        }
    }
}
