import Foundation
import Testing

@testable import tokenagent

@Suite final class ConfigurationFileTests {
    private let folder = "/tmp/conf-\(UUID().uuidString.prefix(8))"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ bytes: [UInt8]) throws -> String {
        let path = folder + "/t.yaml"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func message(_ path: String) -> String? {
        do {
            _ = try Configuration.load(path: path)
            return nil
        } catch { return error.problems.first?.message }
    }

    @Test func `a file is read, with a byte order mark or without`() throws {
        #expect(try Configuration.load(path: write(Array("log: {level: debug}".utf8))).log.level == .debug)
        let marked = [0xEF, 0xBB, 0xBF] + Array("log: {level: debug}".utf8)
        #expect(try Configuration.load(path: write(marked)).log.level == .debug)
    }

    @Test func `a file that cannot be read is refused with the system's word`() throws {
        #expect(message(folder + "/absent.yaml") == "cannot be read: No such file or directory")
        #expect(message(folder)?.hasPrefix("cannot be read: ") == true)
        #expect(message(try write([0xFF, 0xFE, 0x00])) == "is not UTF-8")
        #expect(message(try write(Array(repeating: 0x23, count: 2 << 20))) == "is larger than 1048576 bytes")
    }

    @Test func `a named file that cannot be read is refused to the daemon alone, at its line`() throws {
        let password = folder + "/password"
        let path = try write(
            Array(
                """
                directories:
                  - name: corp
                    url: ldaps://localhost
                    base: dc=example
                    ca_file: \(folder)
                    bind_dn: cn=reader
                    bind_password_file: \(password)
                """.utf8))
        func problems() -> [ConfigurationError.Problem] {
            do {
                _ = try Configuration.load(path: path, toServe: true)
                return []
            } catch { return error.problems }
        }
        let expected = "expected a file that can be read, and "
        #expect(
            problems() == [
                .init(
                    key: "directories[0].ca_file", line: 5, message: expected + "\(folder): Is a directory"),
                .init(
                    key: "directories[0].bind_password_file", line: 7,
                    message: expected + "\(password): No such file or directory"),
            ])
        #expect(try Configuration.load(path: path).directories.count == 1)
        try Data("secret".utf8).write(to: URL(filePath: password))
        #expect(problems().map(\.key) == ["directories[0].ca_file"])
    }

    @Test func `the flag goes before the variable, the variable before the system's file`() throws {
        let system = try write([])
        let variable = ["TOKENAGENT_CONFIG": "/v", "HOME": folder]
        #expect(
            try Configuration.locate(flag: "/f", environment: variable, systemFile: system) == .file("/f"))
        #expect(try Configuration.locate(flag: nil, environment: variable, systemFile: system) == .file("/v"))
        #expect(try Configuration.locate(flag: nil, environment: [:], systemFile: system) == .file(system))
    }

    @Test func `without any file it is a trial in the user's own folders`() throws {
        let environment = ["XDG_RUNTIME_DIR": folder + "/run/", "XDG_STATE_HOME": folder + "/state"]
        let location = try Configuration.locate(
            flag: nil, environment: environment, systemFile: folder + "/absent")
        let configuration = try Configuration.load(location)
        #expect(configuration.socket.path == folder + "/run/tokenagent/tokenagent.sock")
        #expect(configuration.socket.mode == 0o600)
        #expect(configuration.socket.group == nil)
        #expect(configuration.storage.path == folder + "/state/tokenagent/tokenagent.sqlite")
        for made in ["/run/tokenagent", "/state/tokenagent"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder + made)[.posixPermissions]
            #expect(mode as? Int == 0o700)
        }
        var rest = configuration
        rest.socket = SocketConfiguration()
        rest.storage = StorageConfiguration()
        #expect(rest == Configuration())
        #expect(try Configuration.load(location) == configuration, "a second start finds its folders again")
    }

    @Test func `without XDG variables it is logind's folder, else the home's`() throws {
        let environment = ["HOME": "/home/a", "XDG_STATE_HOME": "relative/is/ignored"]
        let alone = try TrialPaths(environment: environment, uid: 7, systemRuntime: folder)
        #expect(alone.database == "/home/a/.local/state/tokenagent/tokenagent.sqlite")
        #expect(alone.socket == "/home/a/.local/state/tokenagent/tokenagent.sock")
        try FileManager.default.createDirectory(atPath: folder + "/7", withIntermediateDirectories: false)
        let session = try TrialPaths(environment: environment, uid: 7, systemRuntime: folder)
        #expect(session.socket == folder + "/7/tokenagent/tokenagent.sock")
    }

    @Test func `a trial that has nowhere to go says so`() throws {
        let homeless = #expect(throws: ConfigurationError.self) { try TrialPaths(environment: [:]) }
        #expect(homeless?.problems.first?.message.contains("XDG_STATE_HOME") == true)
        let long = ["HOME": "/h", "XDG_RUNTIME_DIR": "/" + String(repeating: "r", count: 100)]
        let tooLong = #expect(throws: ConfigurationError.self) { try TrialPaths(environment: long) }
        #expect(tooLong?.problems.first?.message.contains("107 bytes") == true)
    }

    @Test func `a trial does not move into a folder that others can open`() throws {
        let state = folder + "/state/tokenagent"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state)
        let paths = try TrialPaths(
            environment: ["XDG_RUNTIME_DIR": folder, "XDG_STATE_HOME": folder + "/state"])
        let error = #expect(throws: ConfigurationError.self) { try paths.makeFolders() }
        #expect(error?.problems.first?.message.contains("must be yours alone") == true)
    }
}
