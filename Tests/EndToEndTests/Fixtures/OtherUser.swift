import AgentProtocol
import Glibc

@testable import RealServers

/// A connection that another local user makes. Only root can arrange that.
final class OtherUser {
    static let isPossible = geteuid() == 0

    let socket: RawSocket
    private let relay: ChildProcess

    /// Perl, because its base is on every Debian; a copy of ourselves need not be executable for others.
    private static let script = """
        use IO::Socket::UNIX; use IO::Select;
        $s = IO::Socket::UNIX->new($ARGV[0]) or exit 9;
        $all = IO::Select->new($s, \\*STDIN);
        while (@ready = $all->can_read) {
            for $from (@ready) {
                $count = sysread $from, $bytes, 65536;
                if (!$count) { exit if $from == $s; shutdown $s, 1; $all->remove($from); next }
                syswrite $from == $s ? \\*STDOUT : $s, $bytes;
            }
        }
        """

    /// A user and its own group, by name; and further groups.
    init(_ user: String, group: String? = nil, groups: [String] = [], at path: String) throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw FixtureFailure("socketpair: \(errno)") }
        defer { close(ends[1]) }
        socket = RawSocket(connected: ends[0])
        let more = groups.isEmpty ? "--clear-groups" : "--groups=\(groups.joined(separator: ","))"
        relay = try ChildProcess(
            .init(
                command: [
                    "/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group ?? user)", more, "/usr/bin/perl",
                    "-e", Self.script, path,
                ],
                descriptors: [0: ends[1], 1: ends[1]]))
    }

    /// The result; throws the daemon's refusal.
    @discardableResult
    func call(_ method: String, _ params: JSONValue = [:]) throws -> JSONValue {
        let answer = try socket.ask(DaemonProcess.request(method, params))
        if let refusal = answer.refusal { throw refusal }
        return answer["result"]
    }

    func refusal(_ method: String, _ params: JSONValue = [:]) throws -> RPCError {
        guard let refusal = try socket.ask(DaemonProcess.request(method, params)).refusal else {
            throw FixtureFailure("\(method) was not refused")
        }
        return refusal
    }
}
