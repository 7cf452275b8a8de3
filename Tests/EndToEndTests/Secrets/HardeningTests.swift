import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What the kernel says of the running daemon (proc(5)), and what it lets others see of it.
    @Suite struct HardeningTests {
        /// root looks everywhere: without its capabilities it is a user like any other.
        private static let powerless =
            geteuid() == 0 ? ["/usr/bin/setpriv", "--inh-caps=-all", "--bounding-set=-all"] : []

        private func process(_ name: String, of pid: pid_t) throws -> String {
            let path = "/proc/\(pid)/\(name)"
            return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        }

        private func expectNoCore(of pid: pid_t) throws {
            let limit = try process("limits", of: pid).split(separator: "\n").first {
                $0.hasPrefix("Max core file size")
            }
            let words = try #require(limit).split(separator: " ")
            #expect(words.dropFirst(4).prefix(2) == ["0", "0"], "\(words)")
        }

        @Test func `it may leave no core`() throws {
            let daemon = try DaemonProcess()
            try expectNoCore(of: daemon.facts.pid)
        }

        /// Its memory has the tokens and passwords of all who ask over HTTP.
        @Test func `nor may a bridge of its own process, which is as closed to others`() throws {
            let daemon = try DaemonProcess()
            let bridge = try ApartBridge(
                of: daemon, listen: "unix:\(daemon.folder.file("http"))", prefix: Self.powerless)
            try bridge.awaitListening()
            try expectNoCore(of: bridge.child.pid)
            for name in ["environ", "maps", "mem"] {
                #expect(try !isOpen(name, of: bridge.child.pid), "\(name)")
            }
            // No handler of Swift's for what ends it: the mask in hexadecimal, of which bit 0 is signal 1.
            let caught = try process("status", of: bridge.child.pid).split(separator: "\n")
                .first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last
            let mask = try #require(caught.flatMap { UInt64($0, radix: 16) })
            for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] {
                #expect(mask & 1 << UInt64(number - 1) == 0, "signal \(number)")
            }
        }

        /// Whether another process of the same user, with as little power, may open this of a process.
        private func isOpen(_ name: String, of pid: pid_t) throws -> Bool {
            let command = ["/bin/dd", "if=/proc/\(pid)/\(name)", "of=/dev/null", "count=0"]
            return try ChildProcess(.init(command: Self.powerless + command)).wait() == 0
        }

        @Test func `another process of its user sees neither its memory nor its environment`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.prefix = Self.powerless
            try daemon.start()
            let other = try ChildProcess(.init(command: Self.powerless + ["/bin/sleep", "600"]))
            try eventually("it sleeps") {
                try String(contentsOfFile: "/proc/\(other.pid)/comm", encoding: .utf8) == "sleep\n"
            }
            for name in ["environ", "maps", "mem"] {
                #expect(try !isOpen(name, of: daemon.facts.pid), "\(name)")
                // Yama allows nobody to trace who is no child of theirs, which `mem` counts as.
                if name != "mem" { #expect(try isOpen(name, of: other.pid), "\(name), of another program") }
            }
        }

        /// What this process has open itself, and may have forgotten to mark, is not the daemon's.
        private static func closing(from first: Int) -> [String] {
            [
                "/usr/bin/perl", "-MPOSIX", "-e",
                "POSIX::close($_) for \(first)..4095; exec { $ARGV[0] } @ARGV",
            ]
        }

        /// With all that it opens: database, socket, a directory by connection and by file, callers. But for
        /// HTTP, whose sockets NIO opens, which cannot be told.
        @Test(.enabled(if: OtherUser.isPossible, "of who cannot be traced only root sees the descriptors"))
        func `no descriptor would outlive an exec`() throws {
            let slapd = try Slapd(Slapd.crowd(10))
            let people = try PeopleFile(["alice"], crowd: 3)
            let daemon = try DaemonProcess(
                unstarted: DaemonSettings(
                    directories: [slapd.watchedDirectory(), people.directory("file")]))
            for isPassed in [false, true] {
                let passed = isPassed ? try UnixEndpoint(listeningAt: daemon.socket) : nil
                if let passed { daemon.descriptors = [3: passed.descriptor] }
                daemon.prefix = Self.closing(from: isPassed ? 4 : 3)
                try daemon.start()
                try daemon.awaitReadings()
                try daemon.create(.service("s\(isPassed)"), ["retrievable": true])
                let caller = try daemon.connect()
                try slapd.add(Slapd.person("probe\(isPassed)"))
                try eventually("the connection that is told changes tells of a newcomer") {
                    try daemon.call("user.list", ["limit": 100])["users"].items.contains {
                        $0["login"] == .string("probe\(isPassed)")
                    }
                }
                let facts = try daemon.facts
                #expect(try facts.descriptors > 15)
                let inheritable = try facts.inheritable
                #expect(inheritable == [])
                withExtendedLifetime((caller, passed)) {}
                try daemon.terminate()
            }
        }
    }
}
