import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// What libldap would read of others' making, and be talked out of its caution by (ldap.conf(5)).
    @Suite struct StrayFilesTests {
        private static let careless = "TLS_REQCERT never\nTLS_REQSAN never\n"

        @Test(arguments: [true, false])
        func `no stray file and no variable makes it trust a certificate`(startTLS: Bool) throws {
            var options = Slapd.Options()
            options.tls = true
            let slapd = try Slapd(Slapd.crowd(5), options: options)
            let members = [
                "url: \(startTLS ? slapd.url : slapd.secureURL)", "start_tls: \(startTLS)",
                "bind_dn: \(Slapd.readerDN)", "bind_password_file: \(slapd.readerPasswordFile)",
                "base: \(Slapd.people)", "sync: {persist: false}",
            ]
            let daemon = try DaemonProcess(
                unstarted: DaemonSettings(directories: [DaemonSettings.directory("corp", members)]))
            let folder = daemon.folder
            let lines = Self.careless + "TLS_CACERT \(slapd.caFile)\n"
            for name in ["ldaprc", ".ldaprc", "conf"] { try folder.write(lines, to: name) }
            daemon.prefix = ["/bin/sh", "-c", "cd '\(folder.path)' && exec \"$@\"", "sh"]
            daemon.environment = [
                "HOME": folder.path, "LDAPCONF": folder.file("conf"), "LDAPRC": "ldaprc",
                "LDAPTLS_REQCERT": "never", "LDAPTLS_CACERT": slapd.caFile,
                "LDAPTLS_CACERTDIR": slapd.directory,
            ]
            try daemon.start()
            try daemon.awaitReadings()
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["state"] == "failing")
            #expect(status["error"].text?.contains("no secure connection") == true, "\(status)")

            daemon.settings.directories = [
                DaemonSettings.directory("corp", members + ["ca_file: \(slapd.caFile)"])
            ]
            try daemon.restart()
            #expect(try daemon.sync()["complete"] == true)
        }
    }
}
