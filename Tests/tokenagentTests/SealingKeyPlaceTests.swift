import Foundation
import Testing
import TokenStorage

@testable import tokenagent

struct SealingKeyPlaceTests {
    private let folder = NSTemporaryDirectory() + "credentials-\(UUID().uuidString)"

    private func key(file: String?, credentials: String?) -> (path: String, place: SealingKeyFile.Place) {
        let storage = StorageConfiguration(path: "/var/lib/tokenagent/db", sealKeyFile: file)
        return storage.sealingKey(credentials.map { ["CREDENTIALS_DIRECTORY": $0] } ?? [:])
    }

    @Test func `only a key in the credentials folder is judged as one of systemd's`() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let beside = "/var/lib/tokenagent/seal.key"
        #expect(key(file: nil, credentials: nil) == (beside, .own))
        #expect(key(file: nil, credentials: folder) == (beside, .own), "nothing is there")
        #expect(FileManager.default.createFile(atPath: folder + "/seal.key", contents: Data(count: 32)))
        #expect(key(file: nil, credentials: folder) == (folder + "/seal.key", .credentials))
        #expect(key(file: folder + "/other", credentials: folder) == (folder + "/other", .credentials))
        #expect(key(file: "/etc/seal.key", credentials: folder) == ("/etc/seal.key", .own))
        #expect(key(file: folder + "/seal.key", credentials: nil) == (folder + "/seal.key", .own))
    }
}
