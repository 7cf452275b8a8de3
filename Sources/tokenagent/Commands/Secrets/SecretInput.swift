import AgentProtocol
import CLinux
import Foundation

/// Where a secret is read from: a file, or standard input. Never an argument, which everybody on the host can
/// see.
struct SecretInput {
    private static let bytesMax = 4096

    /// nil and `-` are standard input.
    let file: String?

    static func isStandardInput(_ file: String?) -> Bool { file == nil || file == "-" }

    /// The first line. On a terminal it is asked for, and not shown.
    func read(prompt: String) throws(CommandError) -> Secret {
        guard let file, !Self.isStandardInput(file) else {
            if isatty(STDIN_FILENO) == 1 { return try ask(prompt) }
            return try firstLine(of: STDIN_FILENO, "standard input")
        }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notRead(from: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        return try firstLine(of: descriptor, file)
    }

    private func ask(_ prompt: String) throws(CommandError) -> Secret {
        // Swift's runtime would show memory, with what has been typed in it.
        signal(SIGQUIT, SIG_DFL)
        let text = strdup(prompt + ": ")
        defer { free(text) }
        guard let text, clinux_hide_typing(STDIN_FILENO, text) == 0 else {
            throw .notRead(from: "the terminal", reason: String(cString: strerror(errno)))
        }
        Glibc.write(STDERR_FILENO, text, strlen(text))
        defer {
            clinux_show_typing()
            Glibc.write(STDERR_FILENO, "\n", 1)
        }
        return try firstLine(of: STDIN_FILENO, "the terminal")
    }

    private func firstLine(of descriptor: Int32, _ name: String) throws(CommandError) -> Secret {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        // One at a time: what follows the line is for whoever reads next.
        while bytes.count <= Self.bytesMax {
            let count = Glibc.read(descriptor, &byte, 1)
            if count < 0 {
                if errno == EINTR { continue }
                throw .notRead(from: name, reason: String(cString: strerror(errno)))
            }
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { throw .notRead(from: name, reason: "its first line is empty") }
        if bytes.count > Self.bytesMax { throw .notRead(from: name, reason: "its first line is too long") }
        return Secret(text)
    }
}
