import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// A configuration file that changes under a daemon.
    @Suite struct ReloadTests {
        private let people: PeopleFile
        private let daemon: DaemonProcess
        private let token: MadeToken

        init() throws {
            people = try PeopleFile(["alice"], crowd: 10)
            daemon = try DaemonProcess(DaemonSettings(directories: [people.directory()]))
            token = try daemon.create("alice")
        }

        /// Has it read what the file says, right or wrong.
        private func reload(_ yaml: String) throws {
            try daemon.folder.write(yaml, to: "c.yaml")
            let before = try kept
            daemon.child?.signal(SIGHUP)
            try eventually("the refusal") { try kept > before }
        }

        private var kept: Int {
            get throws { try daemon.log.split(separator: "\n").count { $0.contains("kept the old config") } }
        }

        private func doctor() throws -> CommandRun {
            try CommandRun(["doctor", "--config", daemon.configuration])
        }

        private func line(_ words: String) throws -> String? {
            try daemon.log.split(separator: "\n").last { $0.contains(words) }.map(String.init)
        }

        @Test(arguments: ["", "# directories:\n", "---\n"])
        func `a file without content is refused at a reload and at the start`(yaml: String) throws {
            try reload(yaml)
            #expect(try daemon.log.contains("has no content"))
            #expect(try daemon.call("directory.status")["sources"][0]["state"] == "current")
            try daemon.terminate()
            let run = try CommandRun(["serve", "--config", daemon.configuration])
            #expect(run.status == 78)
            #expect(run.errors.contains("has no content"))
            let doctor = try doctor()
            #expect(doctor.status == 78)
            #expect(doctor.errors.contains("has no content"))
        }

        @Test
        func `a directory that is configured no more is told of, for as long as its people have tokens`()
            throws
        {
            daemon.settings.directories = []
            try daemon.reload()
            let coming = try #require(try line("no directory of the new configuration has this name"))
            for word in ["warning", "source=corp", "people=11", "tokens=1"] { #expect(coming.contains(word)) }
            try daemon.restart()
            let told = try eventually("told") { try line("no configured directory has this name") }
            for word in ["warning", "source=corp", "people=11", "tokens=1", "directory forget corp"] {
                #expect(told.contains(word), "\(told)")
            }
            let source = try daemon.call("directory.status")["sources"][0]
            #expect(source["state"] == "unconfigured" && source["tokens"] == 1)
            #expect(try daemon.run("directory", "status").output.contains("1 tokens of its people are left"))
            #expect(try metrics().contains("tokenagent_directory_stale{source=\"corp\"} 1"))
            let run = try doctor()
            #expect(run.status == 1)
            #expect(run.output.contains("configure the directory again under the name corp"))
            #expect(!run.output.contains("tokenagent sync"))
            try daemon.call("token.revoke", ["id": .string(token.id)])
            #expect(try metrics().contains("tokenagent_directory_stale{source=\"corp\"} 0"))
            #expect(try doctor().status == 0)
            try daemon.restart()
            try eventually("only a notice") {
                try line("no configured directory has this name")?.contains("notice") == true
            }
            #expect(try daemon.run("directory", "forget", "corp").status == 0)
            #expect(try daemon.call("directory.status")["sources"].items == [])
        }

        @Test func `an account that was deleted keeps nobody from being served, and is told of`() throws {
            daemon.settings.access = [
                "role: admin, users: [no-such-user], groups: [no-such-group]", "role: verifier, users: ['*']",
            ]
            try daemon.reload()
            try expectTold()
            try daemon.restart()
            try expectTold()
            let run = try doctor()
            #expect(run.status == 1)
            #expect(run.output.contains("WRONG  accounts: access[0].users[0]"))
            #expect(run.output.contains("WRONG  accounts: access[0].groups[0]"))
            #expect(try daemon.verdict(token) == "active")
            // Not root either, who asks here: an unknown name is nobody.
            #expect(try daemon.call("agent.whoami")["roles"] == ["verifier"])
            #expect(try daemon.refusal("token.create", ["owner": "alice"]).known == .notPermitted)
        }

        private func expectTold(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let last = try #require(
                try line("access[0].groups[0]: this machine has no group “no-such-group”"))
            #expect(last.contains("warning"), sourceLocation: sourceLocation)
            #expect(
                try line("access[0].users[0]: this machine has no user “no-such-user”") != nil,
                sourceLocation: sourceLocation)
        }

        private func metrics() throws -> String {
            try daemon.call("agent.status", ["metrics": true])["metrics"].text ?? ""
        }
    }
}
