import AgentProtocol
import Foundation

/// Where a command reads and writes. Answers go to standard output, everything said about them to standard
/// error.
struct Terminal: Sendable {
    let style: Style
    let errorIsTerminal: Bool
    let errorHasColours: Bool

    /// As the process finds itself. This is where the command line asks the clock.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        // https://no-color.org: set and not empty.
        let wantsColours = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let outputIsTerminal = isatty(STDOUT_FILENO) == 1
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        errorHasColours = wantsColours && errorIsTerminal
        style = Style(
            hasColours: wantsColours && outputIsTerminal,
            width: outputIsTerminal ? Self.columns(of: STDOUT_FILENO) : nil,
            now: WireTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)))
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// A line of the answer.
    func write(_ line: String) throws(CommandError) { try write(Array(line.utf8)) }

    /// A line of the answer, as it is.
    func write(_ line: [UInt8]) throws(CommandError) {
        if let code = Self.put(line + [UInt8(ascii: "\n")], to: STDOUT_FILENO) {
            throw .notWritten(to: "standard output", reason: String(cString: strerror(code)))
        }
    }

    /// A line for people beside the answer. One that cannot be written is no reason to fail.
    func note(_ line: String) { _ = Self.put(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Says why a command failed; how it ends for that.
    func end(with error: CommandError) -> ExitStatus {
        if error.isUnheard {
            // `| head` had enough. NIO ignores the signal that ends other programs then.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        complain(error.message)
        return error.status
    }

    /// The line that says why a command failed.
    func complain(_ text: String) {
        let name = errorHasColours ? "\u{1B}[31mtokenagent:\u{1B}[0m" : "tokenagent:"
        for line in text.split(separator: "\n") { note("\(name) \(String(line).printable)") }
    }

    /// Asks what only a yes answers, of the person at the keyboard.
    func confirm(_ question: String) -> Bool {
        _ = Self.put(Array("\(question) [y/N] ".utf8), to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    /// Puts a line in the place of the one before; an empty one only takes that away.
    func progress(_ text: String) { _ = Self.put(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO) }

    /// Writes all of it; the error number if that fails.
    private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
