import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension EndToEnd {
    /// `doctor` looks at everything and changes nothing.
    @Suite struct DoctorTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            slapd = try Slapd(Slapd.crowd(10))
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            let password = try daemon.folder.write(Slapd.readerPassword + "\n", to: "password")
            daemon.settings.directories = [
                slapd.directory().replacing(slapd.readerPasswordFile, with: password)
            ]
            try daemon.start()
            try daemon.awaitReadings()
        }

        private func doctor() throws -> CommandRun {
            try CommandRun(["doctor", "--config", daemon.configuration])
        }

        @Test func `a healthy system passes`() throws {
            let run = try doctor()
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("corp"))
            #expect(!run.output.contains(Slapd.readerPassword))
        }

        @Test func `a daemon that does not run, a server that is down and a file that is open are found`()
            throws
        {
            try daemon.terminate()
            let stopped = try doctor()
            #expect(stopped.status == 1)
            #expect(stopped.output.contains("tokenagent serve"))
            try daemon.start()
            try daemon.folder.write(Slapd.readerPassword, to: "password", mode: 0o644)
            let open = try doctor()
            #expect(open.status == 1)
            #expect(open.output.contains("chmod"))
            try daemon.folder.write("wrong", to: "password", mode: 0o600)
            #expect(try doctor().status == 1)
            try daemon.folder.write(Slapd.readerPassword, to: "password")
            slapd.stop()
            let down = try doctor()
            #expect(down.status == 1)
            #expect(!down.output.contains(Slapd.readerPassword))
        }

        @Test(arguments: [[], ["--json"]])
        func `what cannot be told is no finding`(json: [String]) throws {
            let arguments = ["doctor", "--config", daemon.configuration] + json
            let run = try CommandRun(arguments, output: "/dev/full")
            #expect(run.status == 74)
            #expect(run.errors.contains("No space left on device"), "\(run.errors)")
            #expect(!run.errors.contains("notWritten"), "\(run.errors)")
        }

        @Test func `a folder in the place of a password is not to be closed`() throws {
            let folder = daemon.folder.path + "/folder"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let yaml = try daemon.folder.text(of: "c.yaml")
            try daemon.folder.write(
                yaml.replacing(daemon.folder.path + "/password", with: folder), to: "other.yaml")
            let run = try CommandRun(["doctor", "--config", daemon.folder.path + "/other.yaml"])
            #expect(run.status == 1)
            #expect(run.output.contains("is a folder"), "\(run.output)")
            #expect(!run.output.contains("chmod"), "\(run.output)")
            // Which a start refuses.
            let start = try CommandRun(["serve", "--config", daemon.folder.path + "/other.yaml"])
            #expect(start.status == 78)
            #expect(start.errors.contains(": directories[0].bind_password_file: "), "\(start.errors)")
        }

        @Test func `without a daemon a configuration can be looked at, and by a program`() throws {
            try daemon.terminate()
            let arguments = ["doctor", "--config", daemon.configuration, "--json"]
            let asked = try CommandRun(arguments)
            #expect(asked.status == 1)
            let wrong = try JSONValue(line: String(asked.output.dropLast()))
            #expect(wrong["ok"] == false)
            #expect(
                wrong["findings"].items.filter { $0["grade"] == "wrong" }.map { $0["subject"] } == ["daemon"])
            let offline = try CommandRun(arguments + ["--offline"])
            #expect(offline.status == 0, "\(offline.output)")
            #expect(try JSONValue(line: String(offline.output.dropLast()))["ok"] == true)
        }

        @Test func `a held plan is found, and how to approve it said`() throws {
            for number in 1...10 { _ = try daemon.create(.string("p\(number)")) }
            try slapd.delete(logins: (1...4).map { "p\($0)" })
            let plan = try #require(daemon.sync()["held"]["plan"].text)
            let run = try doctor()
            #expect(run.status == 1)
            #expect(run.output.contains("sync --approve \(plan)"))
        }

        @Test func `a wrong configuration is one, and not a diagnosis`() throws {
            daemon.settings.more = "purgee: {}"
            try daemon.configure()
            let run = try doctor()
            #expect(run.status == 78)
            #expect(run.errors.contains("purgee"))
            #expect(run.errors.contains("purge"))
        }
    }
}
