import AgentProtocol
import Foundation
import Testing

@testable import tokenagent

@Suite final class CommandsFileTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/commands." + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { unlinkAll() }

    private func unlinkAll() {
        do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
    }

    private func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        return "\(folder)/\(name)"
    }

    @Test(arguments: ["tka_x", "tka_x\n", "  tka_x \r\nsecond line\n"])
    func `a secret is the first line of its file`(text: String) throws {
        #expect(try SecretInput(file: file("token", text)).read(prompt: "") == Secret("tka_x"))
    }

    @Test(arguments: ["", "\n", "   \nx", String(repeating: "x", count: 5000)])
    func `an empty or endless first line is no secret`(text: String) throws {
        let path = try file("token", text)
        #expect(throws: CommandError.self) { try SecretInput(file: path).read(prompt: "") }
    }

    @Test func `a missing file is named, and is a usage error`() {
        let error = #expect(throws: CommandError.self) {
            try SecretInput(file: "/nowhere/x").read(prompt: "")
        }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("/nowhere/x") == true)
    }

    @Test func `a new secret is for its owner alone`() throws {
        let path = folder + "/new"
        try SecretFile(path: path).write(Secret("tka_x"))
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "tka_x\n")
    }

    @Test func `a file that is there is never written over`() throws {
        let path = try file("old", "precious")
        #expect(throws: CommandError.self) { try SecretFile(path: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test func `a file that got no secret is gone again`() throws {
        let path = folder + "/unused"
        _ = try SecretFile(path: path)
        #expect(access(path, F_OK) != 0)
    }

    @Test func `the socket is looked for in the order of the manual`() throws {
        let configuration = try file("c.yaml", "socket: {path: /configured.sock}\n")
        var environment = ["TOKENAGENT_SOCKET": "/variable.sock", "TOKENAGENT_CONFIG": configuration]
        #expect(find("/option.sock", environment) == "/option.sock")
        #expect(find(nil, environment) == "/variable.sock")
        environment["TOKENAGENT_SOCKET"] = ""
        #expect(find(nil, environment) == "/configured.sock")
        #expect(find(nil, [:], systemFile: configuration) == "/configured.sock")
        #expect(find(nil, [:]) == "/system.sock")
    }

    @Test func `a daemon on trial is found where it listens, and only if it does`() throws {
        let environment = ["XDG_RUNTIME_DIR": folder, "HOME": folder]
        #expect(find(nil, environment) == "/system.sock")
        try FileManager.default.createDirectory(
            atPath: folder + "/tokenagent", withIntermediateDirectories: true)
        let socket = try file("tokenagent/tokenagent.sock", "")
        #expect(find(nil, environment) == socket)
    }

    @Test func `of a wrong configuration the socket's path counts all the same`() throws {
        let configuration = try file("c.yaml", "socket: {path: /configured.sock}\nlog: {leval: info}\n")
        let found = search(nil, ["TOKENAGENT_CONFIG": configuration])
        #expect(found == SocketPath(path: "/configured.sock", isOption: false))
    }

    @Test(arguments: ["sokcet: {path: /s}\n", "socket: {path: 7}\n", "socket: [\n", ""])
    func `where the configuration does not say it the packaged one is asked, with a warning`(
        yaml: String
    ) throws {
        let configuration = try file("c.yaml", yaml)
        let found = search(nil, ["TOKENAGENT_CONFIG": configuration])
        #expect(found.path == "/system.sock")
        #expect(found.warning?.hasPrefix(configuration) == true, "\(found)")
        #expect(found.warning?.contains("asking at /system.sock") == true)
    }

    private func find(
        _ option: String?, _ environment: [String: String], systemFile: String = "/nowhere/tokenagent.yaml"
    ) -> String {
        search(option, environment, systemFile: systemFile).path
    }

    private func search(
        _ option: String?, _ environment: [String: String], systemFile: String = "/nowhere/tokenagent.yaml"
    ) -> SocketPath {
        SocketPath.find(
            option: option, environment: environment, systemFile: systemFile, systemSocket: "/system.sock")
    }

    @Test func `a suggested command reaches the same daemon`() {
        #expect(SocketPath(path: "/x", isOption: false).command("sync") == "tokenagent sync")
        #expect(SocketPath(path: "/x", isOption: true).command("sync") == "tokenagent sync --socket /x")
        #expect(SocketPath(path: "/it's", isOption: true).command("sync").hasSuffix(#"'/it'\''s'"#))
    }
}
