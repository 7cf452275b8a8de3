import Glibc
package import TokenCore

/// People from one LDIF file. An unreadable, cut-off or empty file is an error, never an empty directory.
package struct LDIFSource: DirectorySource {
    /// A file is read as a whole: a directory beyond this belongs on a server.
    package static let octetsMax = 256 << 20

    package let settings: LDIFSettings
    private let now: @Sendable () -> Timestamp
    let gate: PasswordGate

    package var name: String { settings.name }
    package var fingerprint: String { settings.fingerprint }

    package init(_ settings: LDIFSettings, now: @escaping @Sendable () -> Timestamp) {
        self.settings = settings
        self.now = now
        gate = PasswordGate(placesMax: settings.passwordsMax, waitersMax: settings.passwordsWaitingMax)
    }

    package func connect() async throws(DirectoryError) -> any DirectorySession { try await open() }

    /// On a thread of its own: a file system may hang as a server does.
    func open() async throws(DirectoryError) -> LDIFSession {
        let reader = FileReader(path: settings.path)
        return try LDIFSession(settings, octets: try await reader.read(), now: now)
    }

    package func examine() async -> [DirectoryCheck] {
        do {
            let session = try await open()
            let reading = try await session.enumerate { _ in }
            return [
                DirectoryCheck(check: "connect", ok: true, detail: "\(settings.path) is readable LDIF"),
                DirectoryCheck(check: "search", ok: true, detail: "\(reading.people) people"),
            ]
        } catch {
            return [
                DirectoryCheck(
                    check: "connect", ok: false, detail: error.description,
                    advice:
                        "export the file again (slapcat, ldapsearch -LLL), and move it into place in one step"
                )
            ]
        }
    }
}

/// Reads a file on a thread of its own.
private actor FileReader {
    private nonisolated let path: String
    private nonisolated let thread: LDAPThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(path: String) {
        self.path = path
        thread = LDAPThread(name: "ldif")
    }

    isolated deinit { thread.stop() }

    func read() throws(DirectoryError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable() }
        defer { close(descriptor) }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw unreadable() }
            if got == 0 { return octets }
            octets += chunk[..<got]
            guard octets.count <= LDIFSource.octetsMax else {
                throw .misconfigured(detail: "\(path) is larger than \(LDIFSource.octetsMax) octets")
            }
        }
    }

    private func unreadable() -> DirectoryError {
        .misconfigured(detail: "\(path): \(String(cString: strerror(errno)))")
    }
}
