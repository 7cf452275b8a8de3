import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// Who is not seen and cannot be asked about keeps their tokens, and nobody is left to think all is well.
    @Suite struct UnconfirmedTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess
        private let token: MadeToken

        private static let open = [
            "access to attrs=userPassword by anonymous auth by * none", "access to * by * read",
        ]

        init() throws {
            slapd = try Slapd(
                Slapd.crowd(10) + """
                    dn: ou=elsewhere,\(Slapd.suffix)
                    objectClass: referral
                    objectClass: extensibleObject
                    ou: elsewhere
                    ref: ldap://other.example.org/ou=elsewhere,\(Slapd.suffix)


                    """)
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            let password = try daemon.folder.write(Slapd.readerPassword + "\n", to: "password")
            daemon.settings.directories = [
                slapd.directory().replacing(slapd.readerPasswordFile, with: password)
            ]
            try daemon.start()
            try daemon.awaitReadings()
            token = try daemon.create("p1")
        }

        private func gauge() throws -> Bool {
            try daemon.run("status", "--metrics").output
                .contains("tokenagent_directory_unconfirmed{source=\"corp\"} 1\n")
        }

        @Test
        func `who left a directory that refers to another server is told everywhere, until it does not`()
            throws
        {
            // Nobody is missed yet, and it can be found all the same.
            #expect(try daemon.run("sync", "--quiet").status == 0)
            #expect(try !gauge())
            let early = try daemon.call("directory.test")["checks"].items.filter { $0["ok"] == false }
            #expect(early.map { $0["check"] } == ["id"])

            try slapd.delete(logins: ["p1"])
            let quiet = try daemon.run("sync", "--quiet")
            #expect(quiet.status == 3 && quiet.output == "")
            #expect(quiet.errors.contains("corp: 1 owners could not be confirmed"), "\(quiet.errors)")
            let run = try daemon.run("sync")
            #expect(run.status == 3 && run.output.contains("could not be confirmed"), "\(run.output)")
            #expect(try daemon.verdict(token) == "active")
            try daemon.restart()
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["state"] == "unconfirmed" && status["unconfirmed"] == 1)
            #expect(status["unconfirmed_why"].text?.contains("another server") == true)
            #expect(try daemon.run("directory", "status").output.contains("keep their tokens"))
            #expect(try gauge())
            let doctor = try CommandRun(["doctor", "--config", daemon.configuration])
            #expect(doctor.status == 1 && doctor.output.contains("1 owner could not be confirmed"))

            try slapd.restart(
                database: [
                    "access to dn.base=\"ou=elsewhere,\(Slapd.suffix)\" "
                        + "by dn.exact=\"\(Slapd.readerDN)\" none by * break"
                ] + Self.open)
            #expect(try daemon.run("sync").status == 0)
            #expect(try daemon.verdict(token) == "obsolete")
            #expect(try daemon.call("directory.status")["sources"][0]["state"] == "current")
            #expect(try !gauge())
        }
    }
}
