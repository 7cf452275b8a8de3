import AgentProtocol
import Testing

extension EndToEnd {
    @Suite struct LogTests {
        @Test(
            "a log that finds no room, or nobody who reads it, is no reason to stop",
            arguments: ["exec \"$@\" 2>/dev/full", "mkfifo gone; true <gone & exec \"$@\" 2>gone"])
        func lostLines(command: String) throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.prefix = ["/bin/sh", "-c", "cd '\(daemon.folder.path)' && \(command)", "sh"]
            try daemon.start()
            let made = try daemon.create(["source": "service", "id": "job"])
            #expect(try daemon.call("token.verify", ["token": .string(made.token)])["active"] == true)
            #expect(try daemon.terminate() == 0)
        }
    }
}
