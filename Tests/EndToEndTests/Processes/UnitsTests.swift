import Foundation
import Testing

@testable import RealServers

/// The units of `etc/systemd`, as systemd itself judges them.
@Suite struct UnitsTests {
    static let analyzer = "/usr/bin/systemd-analyze"
    /// Ten times the exposure that `systemd-analyze security` tells: 2.0 is between "OK" and "SAFE".
    static let exposureMax = 20

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../etc/systemd").standardizedFileURL

    static let services = ["tokenagent.service", "tokenagent-bridge.service", "tokenagent-purge.service"]

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func `every service is among those that are judged`() throws {
        let there = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(there.filter { $0.hasSuffix(".service") }.sorted() == Self.services.sorted())
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: analyzer), "needs systemd-analyze"),
        arguments: services)
    func `its exposure is two of ten at most`(service: String) throws {
        let folder = try TemporaryFolder()
        let child = try ChildProcess(
            .init(
                command: [
                    Self.analyzer, "security", "--offline=true", "--no-pager",
                    "--threshold=\(Self.exposureMax)", Self.folder.appendingPathComponent(service).path,
                ], output: folder.write("", to: "out"), errors: folder.write("", to: "err")))
        let status = try child.wait()
        let last = try folder.text(of: "out").split(separator: "\n").last.map(String.init) ?? ""
        let errors = try folder.text(of: "err")
        #expect(status == 0, "\(last) \(errors)")
        #expect(last.contains("Overall exposure level"))
    }

    @Test(arguments: services) func `it leaves the users of callers as they are`(service: String) throws {
        let settings = try text(service).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(!settings.contains { $0.hasPrefix("PrivateUsers=") || $0.hasPrefix("DynamicUser=") })
        #expect(settings.contains("NoNewPrivileges=yes"))
    }
}
