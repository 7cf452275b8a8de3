import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// As many people as a large university has.
    @Suite struct CrowdTests {
        private static let count = 100_000

        @Test func `of 100,000 people all are read, and the one who leaves is the one who is gone`() throws {
            let slapd = try Slapd(Slapd.crowd(Self.count))
            let daemon = try DaemonProcess(
                unstarted: DaemonSettings(directories: [slapd.directory()]))
            try daemon.start()
            try eventually("the first reading", within: .seconds(300)) {
                try daemon.call("directory.status")["sources"][0]["state"] == "current"
            }
            #expect(try daemon.call("directory.status")["sources"][0]["people"].integer == Self.count)
            let tokens = try [1, Self.count / 2, Self.count].map { try daemon.create(.string("p\($0)")) }
            try slapd.delete(logins: ["p\(Self.count / 2)", "p7"])

            let reports = try daemon.call("directory.sync", within: .seconds(300))["reports"]

            #expect(reports[0]["complete"] == true)
            #expect(reports[0]["gone"] == 1)
            #expect(reports[0]["people"].integer == Self.count - 2)
            #expect(try tokens.map(daemon.verdict) == ["active", "obsolete", "active"])
        }
    }
}
