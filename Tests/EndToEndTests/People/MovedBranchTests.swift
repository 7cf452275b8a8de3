import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension EndToEnd {
    /// A whole branch of the directory that goes elsewhere with everybody in it.
    @Suite struct MovedBranchTests {
        private static let team = "ou=team,\(Slapd.people)"
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            let members = (1...3).map { Slapd.person("x\($0)") }.joined()
            slapd = try Slapd(
                Slapd.crowd(15) + "dn: \(Self.team)\nobjectClass: organizationalUnit\nou: team\n\n"
                    + members.replacingOccurrences(of: Slapd.people, with: Self.team))
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        @Test(arguments: ["full", "changes"])
        func `a branch that was moved suspends its people, and makes nobody gone`(_ mode: String) throws {
            let tokens = try (1...3).map { try daemon.create(.string("x\($0)")) }
            let other = try daemon.create("p1")
            try slapd.rename(Self.team, to: "ou=team", under: "ou=former,\(Slapd.suffix)")

            let report = try daemon.sync(["mode": .string(mode)])

            #expect(report["gone"] == 0)
            #expect(report["suspended"] == 3)
            #expect(try tokens.map(daemon.verdict) == ["suspended", "suspended", "suspended"])
            #expect(try daemon.verdict(other) == "active")
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty)
            try slapd.rename("ou=team,ou=former,\(Slapd.suffix)", to: "ou=team", under: Slapd.people)
            _ = try daemon.sync()
            #expect(try tokens.map(daemon.verdict) == ["active", "active", "active"])
        }
    }
}
