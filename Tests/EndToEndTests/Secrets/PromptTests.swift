import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// A secret that is asked for on a terminal.
    @Suite struct PromptTests {
        private let daemon: DaemonProcess
        private let terminal: PseudoTerminal
        private var command: [String] {
            [DaemonProcess.executable, "verify", "--quiet", "--socket", daemon.socket]
        }

        init() throws {
            daemon = try DaemonProcess()
            terminal = try PseudoTerminal()
        }

        private func ask(_ command: [String]) throws -> ChildProcess {
            #expect(terminal.echoes)
            let child = try terminal.run(command)
            try terminal.awaitText("Token: ")
            #expect(!terminal.echoes)
            return child
        }

        @Test func `it is not shown, and what is typed after it is`() throws {
            let token = try daemon.create(.service("s")).token
            let child = try ask(command)
            terminal.type(token + "\n")
            #expect(try child.wait() == 0)
            #expect(!terminal.shown.contains(token))
            #expect(terminal.echoes)
        }

        @Test(arguments: [("\u{3}", SIGINT), ("\u{1C}", SIGQUIT)])
        func `a key that ends it leaves the terminal as it was`(key: String, signal: Int32) throws {
            let child = try ask(command)
            terminal.type("tka_half" + key)
            #expect(try child.wait() == -signal)
            #expect(terminal.echoes)
        }

        @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
        func `a signal that ends it leaves the terminal as it was`(signal: Int32) throws {
            let child = try ask(command)
            child.signal(signal)
            #expect(try child.wait() == -signal)
            #expect(terminal.echoes)
        }

        /// By a shell with job control, which goes on meanwhile.
        @Test func `stopped it leaves the terminal as it was, and continued it asks again`() throws {
            let token = try daemon.create(.service("s")).token
            let words = command.joined(separator: " ")
            let script = "set -m; \(words); echo stopped; read line; echo got $line; fg; echo status=$?"
            let child = try ask(["/bin/bash", "-c", script])
            terminal.type("\u{1A}")
            try terminal.awaitText("stopped")
            #expect(terminal.echoes)
            terminal.type("a word\n")
            try terminal.awaitText("got a word")
            try terminal.awaitText("Token: ", times: 2)
            #expect(!terminal.echoes)
            terminal.type(token + "\n")
            try terminal.awaitText("status=0")
            #expect(terminal.echoes)
            #expect(!terminal.shown.contains(token))
            #expect(try child.wait() == 0)
        }
    }
}
