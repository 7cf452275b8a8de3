import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What `backup` and `restore` end with when they cannot.
    @Suite struct BackupRefusalTests {
        private let daemon: DaemonProcess

        init() throws {
            daemon = try DaemonProcess()
            for number in 0..<50 { _ = try daemon.create(.service("s\(number)")) }
        }

        private func run(_ arguments: String...) throws -> CommandRun {
            try CommandRun(arguments, environment: ["TOKENAGENT_CONFIG": daemon.configuration])
        }

        @Test func `a backup that was cut off is damaged, which is 1`() throws {
            let file = daemon.folder.file("backup")
            #expect(try run("backup", file).status == 0)
            try daemon.terminate()
            #expect(truncate(file, 40000) == 0)
            let restored = try run("restore", file)
            #expect(restored.status == 1, "\(restored.errors)")
            #expect(restored.errors.contains("damaged"))
        }

        @Test(.enabled(if: SmallDisk.isPossible, "nothing can be mounted here"))
        func `a target whose disk is full is named as what is full`() throws {
            let disk = try SmallDisk(mebibytes: 1)
            try disk.fill()
            let file = disk.path + "/backup"
            let run = try run("backup", file)
            #expect(run.status == 75, "\(run.errors)")
            #expect(run.errors.contains(file) && run.errors.contains("its disk is full"), "\(run.errors)")
            #expect(!run.errors.contains("not an error"))
        }
    }
}
