import Testing

@testable import tokenagent

/// What others may do with a database.
struct ExposureTests {
    @Test(
        arguments: [
            (0o600, 0o755, nil), (0o640, 0o755, nil), (0o644, 0o755, "read"), (0o660, 0o755, "changed"),
            (0o602, 0o755, "changed"), (0o666, 0o700, nil), (0o644, 0o750, nil), (0o660, 0o750, "changed"),
            (0o606, 0o750, nil), (0o620, 0o701, nil), (0o604, 0o701, "read"),
        ] as [(UInt32, UInt32, String?)])
    func `a mode counts for those who come through the folder`(
        file: UInt32, folder: UInt32, words: String?
    ) {
        #expect(Exposure(file: file, folder: folder).words == words)
    }
}
