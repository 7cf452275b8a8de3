import Foundation
import Glibc
import Testing
import TokenCore

@testable import TokenStorage

/// Looking at what a start would find.
struct ExaminationTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: fixture.directory).sorted() }
    }

    @Test func `a path that means something in a URI is that path`() async throws {
        let path = fixture.directory + "/a b?mode=rwc#%41ü.sqlite"
        let store = try TokenStore(path: path)
        await store.close()
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        let before = try files
        #expect(try TokenStore.examine(path: path) == .usable(schema: Schema.version, hasSealed: false))
        #expect(try files == before)
    }

    @Test func `by a link to it its log is read, too`() async throws {
        let link = try fixture.link()
        let store = try fixture.open()
        try await store.insert(token(1, of: robot))
        #expect(try TokenStore.examine(path: link) == .usable(schema: Schema.version, hasSealed: false))
        await store.close()
    }

    @Test func `an older database says which it is, and stays so`() async throws {
        let store = try fixture.open()
        await store.close()
        try fixture.tamper("PRAGMA user_version = 3")
        #expect(try TokenStore.examine(path: fixture.path) == .usable(schema: 3, hasSealed: false))
        #expect(try TokenStore.examine(path: fixture.path) == .usable(schema: 3, hasSealed: false))
    }

    @Test func `an empty file is a start that was cut short`() throws {
        #expect(FileManager.default.createFile(atPath: fixture.path, contents: nil))
        #expect(try TokenStore.examine(path: fixture.path) == .usable(schema: 0, hasSealed: false))
        #expect(try files == ["tokens.sqlite"])
    }

    @Test func `where a database was, no empty one is begun`() async throws {
        #expect(try TokenStore.examine(path: fixture.path) == .missing)
        await (try fixture.open()).close()
        for name in ["", "-wal", "-shm"] { unlink(fixture.path + name) }
        #expect(try TokenStore.examine(path: fixture.path) == .missing, "of a lock nothing is lost")
        for trace in ["-wal", ".head"] {
            let file = fixture.path + trace
            #expect(FileManager.default.createFile(atPath: file, contents: Data("x".utf8)))
            let lost = StorageError.lost(path: fixture.path, traces: [file])
            #expect(throws: lost) { try TokenStore.examine(path: fixture.path) }
            #expect(throws: lost) { try TokenStore(path: fixture.path) }
            #expect(FileManager.default.contents(atPath: file) == Data("x".utf8))
            #expect(access(fixture.path, F_OK) != 0)
            #expect(FileManager.default.createFile(atPath: fixture.path, contents: nil))
            #expect(throws: lost) { try TokenStore.examine(path: fixture.path) }
            #expect(throws: lost) { try TokenStore(path: fixture.path) }
            unlink(fixture.path)
            unlink(file)
        }
        await (try fixture.open()).close()
    }

    @Test func `a key that is there is none to be made, and none is made`() throws {
        let path = fixture.directory + "/seal.key"
        #expect(try !SealingKeys.examine(path, in: .own, hasSealed: false))
        #expect(try files == [])
        _ = try SealingKeys(orCreateAt: path)
        #expect(try SealingKeys.examine(path, in: .own, hasSealed: false))
        #expect(try files == ["seal.key"])
    }
}
