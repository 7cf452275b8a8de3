import Foundation
import Glibc
import Testing
import TokenCore

@testable import TokenStorage

struct SealingKeyFileTests {
    let fixture: StoreFixture
    var path: String { fixture.directory + "/seal.key" }

    init() throws { fixture = try StoreFixture() }

    @Test func theFirstStartMakesAKeyThatLaterOnesRead() throws {
        let made = try SealingKeyFile.load(orCreateAt: path)
        var info = stat()
        #expect(stat(path, &info) == 0)
        #expect(info.st_mode & 0o7777 == 0o400)
        #expect(info.st_size == 32)
        #expect(try SealingKeyFile.load(orCreateAt: path).id == made.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory) == ["seal.key"])
    }

    @Test(arguments: [0o440, 0o404, 0o420, 0o644] as [mode_t])
    func aKeyThatOthersMayReadIsRefused(_ mode: mode_t) throws {
        _ = try SealingKeyFile.load(orCreateAt: path)
        chmod(path, mode)
        #expect(throws: StorageError.keyTooOpen(path: path, mode: mode)) {
            try SealingKeyFile.load(orCreateAt: path)
        }
    }

    @Test func `systemd's credential is taken with the group bits that its ACL shows, and only it`() throws {
        let made = try SealingKeyFile.load(orCreateAt: path)
        chmod(path, 0o440)
        #expect(try SealingKeyFile.load(orCreateAt: path, in: .credentials).id == made.id)
        #expect(throws: StorageError.keyTooOpen(path: path, mode: 0o440)) {
            try SealingKeyFile.load(orCreateAt: path)
        }
    }

    @Test(arguments: [0o444, 0o460, 0o450, 0o404, 0o401] as [mode_t])
    func `a credential that others may do more with is refused`(_ mode: mode_t) throws {
        _ = try SealingKeyFile.load(orCreateAt: path)
        chmod(path, mode)
        for place in [SealingKeyFile.Place.own, .credentials] {
            #expect(throws: StorageError.keyTooOpen(path: path, mode: mode)) {
                try SealingKeyFile.load(orCreateAt: path, in: place)
            }
        }
    }

    @Test(arguments: [0, 31, 33, 4096])
    func aKeyOfAnotherSizeIsRefused(_ size: Int) throws {
        try Data(count: size).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o400)
        let error = #expect(throws: StorageError.self) { try SealingKeyFile.load(orCreateAt: path) }
        guard case .keyUnreadable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aDirectoryIsNoKey() throws {
        #expect(throws: StorageError.keyUnreadable(path: fixture.directory, detail: "it is no regular file"))
        {
            try SealingKeyFile.load(orCreateAt: fixture.directory)
        }
    }

    @Test func aStartThatWasCutShortLeavesNoHalfKey() throws {
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path + ".new"))
        _ = try SealingKeyFile.load(orCreateAt: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory) == ["seal.key"])
    }
}
