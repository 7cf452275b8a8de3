import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Whose rights root looks with.
    @Suite(.enabled(if: OtherUser.isPossible, "only root can be somebody else"))
    struct DoctorRightsTests {
        /// What root is told, with the daemon running or without.
        private func expect(
            _ home: Housing, _ rights: String, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let run = try home.run(["doctor"], asDaemon: false)
            #expect(
                run.output.hasPrefix("ok     rights: looked at as \(rights)\n"), "\(run.output)",
                sourceLocation: sourceLocation)
        }

        @Test func `a daemon of root's in somebody else's folder is right, running or not`() throws {
            let home = try Housing(ofOther: true)
            home.daemon.prefix = []
            try home.daemon.start()
            try expect(home, "root, as whom the daemon runs")
            #expect(try home.run(["doctor"], asDaemon: false).status == 0)
            try home.daemon.terminate()
            try expect(home, "root, whose the database's lock is")
            #expect(try home.run(["doctor", "--offline"], asDaemon: false).status == 0)
        }

        @Test(arguments: [false, true])
        func `who answers counts, also at a socket that root has opened`(isPassed: Bool) throws {
            let home = try Housing(ofOther: true)
            let passed = isPassed ? try UnixEndpoint(listeningAt: home.daemon.socket) : nil
            if let passed { home.daemon.descriptors = [3: passed.descriptor] }
            try home.daemon.start()
            // By all that lies there it would be root's.
            for path in [home.folder, home.daemon.database, home.daemon.database + ".lock"] {
                #expect(chown(path, 0, 0) == 0)
            }
            try expect(home, "games, as whom the daemon runs")
            withExtendedLifetime(passed) {}
        }

        @Test func `groups that the daemon has by its unit count, and not those of its account alone`() throws
        {
            let home = try Housing(ofOther: true)
            let people = try PeopleFile(["alice"])
            let group = try #require(getgrnam("shadow")).pointee.gr_gid
            #expect(chown(people.path, 0, group) == 0 && chmod(people.path, 0o640) == 0)
            home.daemon.settings.directories = [people.directory()]
            home.daemon.prefix = home.daemon.prefix.map {
                $0 == "--clear-groups" ? "--groups=shadow" : $0
            }
            try home.daemon.start()
            try home.daemon.awaitReadings()
            let run = try home.run(["doctor"], asDaemon: false)
            #expect(run.status == 0, "\(run.output)")
            try home.daemon.terminate()
            let offline = try home.run(["doctor", "--offline"], asDaemon: false)
            #expect(offline.output.contains("people.ldif: Permission denied"), "\(offline.output)")
        }
    }
}
