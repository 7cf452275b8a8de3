import Foundation
import Testing

@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized) struct DocumentTests {
        @Test("The commands of docs/http.md do what they say")
        func runsTheCommands() async throws {
            let text = try Checkout.text("docs/http.md")
            let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap {
                $0.components(separatedBy: "\n```").first
            }
            #expect(blocks.count >= 10)
            try await House.open { house in
                // Each command has to succeed, and says so before the next one.
                let script = """
                    set -e -o pipefail
                    cd "\(house.daemon.folder)"
                    curl() { command curl -sS --fail-with-body "$@"; }

                    """
                let file = house.daemon.folder + "/commands.sh"
                try (script + blocks.joined(separator: "\n") + "\necho; echo all done\n")
                    .write(toFile: file, atomically: true, encoding: .utf8)
                let programs = URL(fileURLWithPath: DaemonUnderTest.executable).deletingLastPathComponent()
                    .path
                let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
                let run = try await ChildProcess.run(
                    ["/bin/bash", file], log: house.daemon.folder + "/commands.log",
                    environment: [
                        "BRIDGE": house.http.url, "TOKENAGENT_SOCKET": house.daemon.socket,
                        "PATH": programs + ":" + path,
                    ])
                #expect(run.status == 0, "\(run.output)")
                #expect(run.output.hasSuffix("\nall done\n"), "\(run.output)")
            }
        }
    }
}
