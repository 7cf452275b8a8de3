import Foundation
import Glibc

@testable import RealServers

/// A terminal of which this process is the person at the keyboard (pty(7)).
final class PseudoTerminal {
    private let descriptor: Int32
    /// Held open: at its last close the kernel would put everything right.
    private let end: Int32
    /// The end that a program has.
    let path: String
    private(set) var shown = ""

    init() throws {
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which Swift cannot see: as unlockpt(3) and ptsname(3).
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard descriptor >= 0, ioctl(descriptor, 0x4004_5431, &lock) == 0,
            ioctl(descriptor, 0x8004_5430, &number) == 0
        else { throw FixtureFailure("no pseudo terminal: \(errno)") }
        path = "/dev/pts/\(number)"
        end = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    }

    deinit {
        close(end)
        close(descriptor)
    }

    /// A program in a session of its own, of which this is the terminal.
    func run(_ command: [String]) throws -> ChildProcess {
        try ChildProcess(
            .init(
                command: ["/usr/bin/setsid", "--ctty"] + command, output: path, errors: path, input: path))
    }

    func type(_ text: String) { _ = Glibc.write(descriptor, text, text.utf8.count) }

    /// Whether what is typed is shown.
    var echoes: Bool {
        var state = termios()
        return tcgetattr(descriptor, &state) == 0 && state.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Waits until this was shown so many times.
    func awaitText(_ text: String, times: Int = 1) throws {
        try eventually("“\(text)” on the terminal, which shows: \(shown)") {
            read()
            return shown.components(separatedBy: text).count > times
        }
    }

    private func read() {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 0) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        if count > 0 { shown += String(decoding: bytes[..<count], as: UTF8.self) }
    }
}
