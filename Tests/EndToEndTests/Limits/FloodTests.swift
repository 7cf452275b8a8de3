import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// One user who asks for all that there is, and another who only wants an answer.
    @Suite(.enabled(if: OtherUser.isPossible, "only root can act as other users")) struct FloodTests {
        /// Opens as many connections as it gets and keeps them busy: requests of every kind without a
        /// pause, lines without an end, answers that nobody reads. Says so when it has begun.
        private static let flood = """
            use IO::Socket::UNIX; use IO::Select; use Errno qw(EAGAIN);
            $SIG{PIPE} = 'IGNORE';
            $lines = $ARGV[1] . "\\n";
            $all = IO::Select->new;
            sub more {
                return if $all->count >= 300;
                $s = IO::Socket::UNIX->new($ARGV[0]) or return;
                $s->blocking(0);
                $all->add($s);
                $kind{$s} = $number++ % 4;
            }
            more() for 1..300;
            print "begun\\n"; $| = 1; print "";
            while (1) {
                for $s ($all->can_write(0.01)) {
                    $bytes = $kind{$s} == 0 ? "{" : $lines x 50;
                    if (!defined syswrite($s, $bytes) && $! != EAGAIN) { $all->remove($s); $s->close; more() }
                }
                for $s ($all->can_read(0)) {
                    next if $kind{$s} == 1;
                    $count = sysread $s, $answer, 65536;
                    if (defined $count && !$count) { $all->remove($s); $s->close; more() }
                }
                more();
            }
            """

        private let daemon: DaemonProcess
        private let token: MadeToken
        private let before: Int

        init() throws {
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.settings.socketMode = "0666"
            daemon.settings.log = "level: warning"
            try daemon.start()
            token = try daemon.create(.service("quiet"))
            before = try daemon.facts.residentBytes
        }

        /// By another user, and as bad as it gets.
        private func flood() throws -> ChildProcess {
            let unknown = "tka_AAAAAAAA_" + String(repeating: "A", count: 44)
            let lines = try [
                DaemonProcess.request("token.verify", ["token": .string(unknown)]),
                DaemonProcess.request("token.create", ["owner": .service("x")]),
                DaemonProcess.request("token.list"), "}{",
            ].joined(separator: "\n")
            let output = daemon.folder.file("flood")
            let flood = try ChildProcess(
                .init(
                    command: [
                        "/usr/bin/setpriv", "--reuid=games", "--regid=games", "--clear-groups",
                        "/usr/bin/perl", "-e", Self.flood, daemon.socket, lines,
                    ],
                    output: output, errors: output))
            try eventually("the flood has as many connections as it may") {
                #expect(flood.isRunning)
                return try connections() ?? 0 >= Limits.connectionsPerUIDMax
            }
            return flood
        }

        /// nil when it was refused as late, on a machine that has other things to do as well.
        private func inTime<Answer>(_ ask: () throws -> Answer) throws -> Answer? {
            do { return try ask() } catch let error as RPCError where error.known == .limitExceeded {
                return nil
            }
        }

        /// How many there are; nil when that was not said in time.
        private func connections() throws -> Int? {
            try inTime { try daemon.call("agent.status")["connections"].integer ?? .max }
        }

        @Test func `a flood from one uid takes its own share, and another is served all the while`() throws {
            let flood = try flood()
            // A machine that stands still for seconds makes some late, and hardly in each of three rounds.
            var served = try serve()
            for _ in 2...3 where served.late > 0 { served = try serve() }
            #expect(served.late == 0, "\(served.late) of 20 were refused as late")
            let said = try daemon.folder.text(of: "flood")
            #expect(flood.isRunning, "\(said)")
            let more = try daemon.facts.residentBytes - before
            print(
                "flood: \(more >> 20) MiB more, the slowest of 200 verifies took \(served.verify), of 10 "
                    + "others \(served.other)")
            #expect(more < 64 << 20, "\(more >> 20) MiB")
            flood.signal(SIGKILL)
            try eventually("all of its connections are gone") {
                try connections() ?? .max <= 2
            }
            #expect(try daemon.verdict(token) == "active")
        }

        /// Asks as another user: the slowest of each kind, and how many changes and looks at the status were
        /// refused as late.
        private func serve() throws -> (verify: Duration, other: Duration, late: Int) {
            // Each on a connection of its own: that it gets one is half of it.
            var served = (verify: Duration.zero, other: Duration.zero, late: 0)
            for number in 1...200 {
                let begun = ContinuousClock.now
                #expect(try daemon.verdict(token) == "active")
                served.verify = max(served.verify, begun.duration(to: .now))
                guard number % 20 == 0 else { continue }
                let other = ContinuousClock.now
                let connections = try connections()
                // A few are there that are told so, and go.
                #expect(connections ?? 0 < Limits.connectionsPerUIDMax + 64)
                let name = "made \(UInt64.random(in: 0..<1 << 60))"
                let made = try inTime { try daemon.create(.service(name)) }
                served.other = max(served.other, other.duration(to: .now))
                served.late += (connections == nil ? 1 : 0) + (made == nil ? 1 : 0)
            }
            return served
        }

        @Test func `a daemon that is flooded stops when it is told to, and has all in its database`() throws {
            let flood = try flood()
            #expect(try daemon.terminate() == 0)
            #expect(flood.isRunning)
            #expect(try FileFacts(daemon.database + "-wal").bytes == 0)
        }
    }
}
