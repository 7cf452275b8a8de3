import Foundation

@testable import RealServers

/// The command line, run once.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    init(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        output file: String? = nil, prefix: [String] = []
    ) throws {
        let folder = try TemporaryFolder()
        let child = try ChildProcess(
            .init(
                command: prefix + [DaemonProcess.executable] + arguments, environment: environment,
                output: file ?? folder.write("", to: "out"), errors: folder.write("", to: "err"),
                input: folder.write(input, to: "in")))
        status = try child.wait()
        output = try file == nil ? folder.text(of: "out") : ""
        errors = try folder.text(of: "err")
    }
}

extension DaemonProcess {
    /// A command that asks this daemon.
    func run(_ arguments: String..., input: String = "") throws -> CommandRun {
        try CommandRun(arguments, input: input, environment: ["TOKENAGENT_SOCKET": socket])
    }
}
