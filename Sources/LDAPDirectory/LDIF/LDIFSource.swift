package import TokenCore

/// People from one LDIF file. An unreadable, cut-off or empty file is an error, never an empty directory.
package struct LDIFSource: DirectorySource {
    /// A file is read as a whole: a directory beyond this belongs on a server.
    package static let octetsMax = 256 << 20

    package let settings: LDIFSettings
    private let now: @Sendable () -> Timestamp
    let gate: PasswordGate
    private let reader: FileReader<[UInt8]>

    package var name: String { settings.name }
    package var fingerprint: String { settings.fingerprint }

    package init(_ settings: LDIFSettings, now: @escaping @Sendable () -> Timestamp) {
        self.settings = settings
        self.now = now
        reader = FileReader(path: settings.path)
        gate = PasswordGate(placesMax: settings.passwordsMax, waitersMax: settings.passwordsWaitingMax)
    }

    package func connect() async throws(DirectoryError) -> any DirectorySession { try await open() }

    func open(within span: Duration? = nil) async throws(DirectoryError) -> LDIFSession {
        let octets = try await reader.read(within: min(span ?? settings.deadline, settings.deadline))
        return try LDIFSession(settings, octets: octets, now: now)
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
