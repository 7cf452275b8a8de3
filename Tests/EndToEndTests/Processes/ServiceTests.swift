import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// How the daemon gets on with whoever started it.
    @Suite struct ServiceTests {
        @Test func `SIGTERM lets it answer what it was asked, and leaves nothing behind`() throws {
            let slapd = try Slapd(Slapd.crowd(10))
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            let idle = try daemon.connect()
            let caller = try daemon.connect()
            try slapd.add(Slapd.person("newcomer"))
            slapd.pause()
            try caller.send(line: DaemonProcess.request("token.create", ["owner": "newcomer"]))
            try caller.send(line: DaemonProcess.request("agent.whoami", id: 2))
            #expect(try caller.value()["id"] == 2, "the one before it has been taken up")
            daemon.child?.signal(SIGTERM)
            #expect(try idle.lineOrEnd() == nil, "who asked nothing is let go")
            slapd.resume()
            #expect(try caller.value()["result"]["owner"]["login"] == "newcomer")
            #expect(try caller.lineOrEnd() == nil)
            #expect(try daemon.wait() == 0)
            #expect(!daemon.folder.has("s"))
            #expect(try daemon.log.contains("stopped"))
        }

        @Test func `SIGINT ends it, too`() throws {
            let daemon = try DaemonProcess()
            daemon.child?.signal(SIGINT)
            #expect(try daemon.wait() == 0)
        }

        @Test func `a socket passed in by the service manager keeps who came before and between`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let passed = try UnixEndpoint(listeningAt: daemon.socket)
            daemon.descriptors = [3: passed.descriptor]
            let early = try daemon.connect()
            try early.send(line: DaemonProcess.request("agent.status"))
            try daemon.start()
            #expect(try early.value()["result"]["version"].text != nil)
            let token = try daemon.create(.service("passed"))
            #expect(try daemon.terminate() == 0)
            #expect(daemon.folder.has("s"), "it is not the daemon's to remove")
            let between = try daemon.connect()
            try between.send(line: DaemonProcess.request("token.verify", ["token": .string(token.token)]))
            try daemon.start()
            #expect(try between.value()["result"]["active"] == true)
        }

        @Test func `a descriptor that is no listening socket is refused`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let folder = daemon.folder
            let datagrams = try UnixEndpoint(receivingAt: folder.file("d"))
            daemon.descriptors = [3: datagrams.descriptor]
            try daemon.launch()
            #expect(try daemon.wait() == 78)
            #expect(try daemon.log.contains("service manager"))
        }

        @Test func `the service manager hears when it is ready, reloads and stops`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let manager = try UnixEndpoint(receivingAt: daemon.folder.file("n"))
            daemon.environment["NOTIFY_SOCKET"] = daemon.folder.file("n")
            try daemon.launch()
            #expect(try manager.message().split(separator: "\n").contains("READY=1"))
            #expect(try daemon.call("agent.whoami")["uid"].integer == Int(geteuid()), "ready means ready")
            daemon.child?.signal(SIGHUP)
            #expect(try manager.message().contains("RELOADING=1"))
            #expect(try manager.message().contains("READY=1"))
            #expect(try daemon.terminate() == 0)
            #expect(try manager.message().contains("STOPPING=1"))
        }

        @Test func `a reload that is asked for while it starts does not end it, and is done`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            try daemon.launch()
            try eventually("its socket") { daemon.folder.has("s") }
            daemon.child?.signal(SIGHUP)
            try eventually("the reload") {
                try #require(daemon.child?.isRunning == true)
                return try daemon.log.contains("reloaded the configuration")
            }
            #expect(try daemon.call("agent.whoami")["uid"].integer == Int(geteuid()))
            #expect(try daemon.terminate() == 0)
        }

        @Test func `a password file that cannot be read is an error of that directory, and no empty one`()
            throws
        {
            let slapd = try Slapd(Slapd.crowd(10))
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let password = try daemon.folder.write(Slapd.readerPassword + "\n", to: "password")
            daemon.settings.directories = [
                slapd.directory().replacing(slapd.readerPasswordFile, with: password)
            ]
            try daemon.start()
            try daemon.awaitReadings()
            let token = try daemon.create("p1")
            for text in [nil, "", "wrong password"] {
                if let text {
                    try daemon.folder.write(text, to: "password")
                    try daemon.restart()
                } else {
                    // A start would refuse it; a daemon that runs goes on.
                    unlink(password)
                }
                let refusal = try daemon.refusal("directory.sync")
                #expect(refusal.known == .directoryUnavailable)
                let status = try daemon.call("directory.status")["sources"][0]
                #expect(status["state"] == "failing")
                #expect(status["people"] == 10)
                if text?.isEmpty ?? true { #expect(status["error"].text?.contains(password) == true) }
                #expect(try daemon.verdict(token) == "active")
                #expect(try !daemon.log.contains("wrong password"))
            }
            try daemon.folder.write(Slapd.readerPassword, to: "password")
            #expect(try daemon.sync()["complete"] == true)
        }

        @Test(arguments: ["text", "json"]) func `no secret gets into the log`(format: String) throws {
            let slapd = try Slapd(Slapd.crowd(20))
            var settings = DaemonSettings(directories: [slapd.directory()])
            settings.log = "level: trace, format: \(format)"
            let daemon = try DaemonProcess(settings)
            var tokens = [try daemon.create("p1", ["retrievable": true, "idempotency_key": "k"])]
            let id = JSONValue.string(tokens[0].id)
            tokens.append(try MadeToken(daemon.call("token.rotate", ["id": id])))
            tokens.append(try daemon.create("p2"))
            let other = String(tokens[1].token.dropLast(3)) + "000"
            for token in tokens.map(\.token) + [other] {
                _ = try daemon.verdict(token)
                _ = try daemon.refusal("token.show", ["id": .string(token)])
                _ = try daemon.refusal("token.create", ["owner": .string(token)])
                _ = try daemon.refusal(token, [:])
                _ = try daemon.refusal(
                    "token.list", ["as": ["token": .string(other)], "cursor": .string(token)])
                _ = try daemon.connect().ask("{\"token\":\"\(token)\"")
            }
            try daemon.call("token.reveal", ["id": id])
            try slapd.delete(Slapd.dn("p1"))
            _ = try daemon.sync()
            _ = try daemon.verdict(tokens[1])
            slapd.stop()
            _ = try daemon.refusal("directory.sync")
            _ = try daemon.call("directory.test")
            try daemon.reload()
            try daemon.terminate()
            let log = try daemon.log
            #expect(log.contains("read the directory"))
            let secrets = tokens.flatMap { [$0.token, $0.passCode, String($0.passCode.prefix(38))] }
            for secret in secrets + [String(other.suffix(44)), Slapd.readerPassword] {
                #expect(!log.contains(secret))
            }
            if format == "json" {
                for line in log.split(separator: "\n") { _ = try JSONValue(line: String(line)) }
            }
        }

        @Test func `the database alone opens no token`() throws {
            let daemon = try DaemonProcess()
            let made = try daemon.create(.service("sealed"), ["retrievable": true])
            try daemon.kill()
            for name in ["db.sqlite", "db.sqlite-wal"] where daemon.folder.has(name) {
                let bytes = try daemon.folder.bytes(of: name)
                #expect(bytes.firstRange(of: Array(made.passCode.utf8)) == nil)
                #expect(bytes.firstRange(of: Array(made.passCode.utf8.prefix(38))) == nil)
            }
        }
    }
}
