import Foundation
import Glibc
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
        let reach = Reach(file: file, folder: folder)
        #expect((reach.isWritten ? "changed" : reach.isRead ? "read" : nil) == words)
    }

    private typealias Place = Exposure.Place

    /// Of user 5, whose group is 50; `d` in `/d/d`.
    private func judge(_ folder: Exposure.Place, _ file: Exposure.Place? = nil) -> (refused: Int, told: Int) {
        let exposure = Exposure("/d/d", file: file, folder: folder, .init(uid: 5, groups: [50]))
        return (exposure.refused.count, exposure.told.count)
    }

    @Test func `a folder that everybody or a group may write is refused, and one of somebody else's told`() {
        for (place, refused, told) in [
            (Place(mode: 0o700, owner: 5, group: 50), 0, 0), (Place(mode: 0o755, owner: 0), 0, 0),
            (Place(mode: 0o777, owner: 5, group: 50), 1, 0), (Place(mode: 0o1777, owner: 0), 0, 0),
            (Place(mode: 0o775, owner: 5, group: 60), 1, 0), (Place(mode: 0o1775, owner: 5, group: 60), 0, 0),
            (Place(mode: 0o775, owner: 5, group: 50), 0, 1), (Place(mode: 0o775, owner: 0, group: 0), 0, 0),
            (Place(mode: 0o700, owner: 6, group: 60), 0, 1), (Place(mode: 0o777, owner: 6, group: 60), 1, 1),
        ] {
            #expect(judge(place) == (refused, told), "\(place)")
        }
    }

    @Test func `a file that others may write is refused, and one that they may read or have told`() {
        let folder = Place(mode: 0o755, owner: 5, group: 50)
        for (place, refused, told) in [
            (Place(mode: 0o600, owner: 5, group: 50), 0, 0), (Place(mode: 0o600, owner: 0), 0, 0),
            (Place(mode: 0o644, owner: 5, group: 50), 0, 1), (Place(mode: 0o660, owner: 5, group: 50), 1, 0),
            (Place(mode: 0o602, owner: 5, group: 50), 1, 0), (Place(mode: 0o600, owner: 6, group: 60), 0, 1),
        ] {
            #expect(judge(folder, place) == (refused, told), "\(place)")
        }
        let sticky = Place(mode: 0o1777, owner: 0)
        #expect(judge(sticky, Place(mode: 0o600, owner: 5)) == (0, 0))
        #expect(judge(sticky, Place(mode: 0o600, owner: 6)) == (1, 0), "somebody was quicker")
    }

    @Test func `a log or its index that others may write still is refused, and told once`() {
        let folder = Place(mode: 0o755, owner: 5, group: 50)
        let user = Exposure.User(uid: 5, groups: [50])
        let sound = Place(mode: 0o600, owner: 5, group: 50)
        let open = Place(mode: 0o660, owner: 5, group: 50)
        for (file, log, folder, words) in [
            (sound, sound, folder, []), (sound, open, folder, ["/d/d-wal"]), (open, open, folder, ["/d/d"]),
            (sound, open, Place(mode: 0o700, owner: 5, group: 50), []),
        ] as [(Place, Place, Place, [String])] {
            let exposure = Exposure("/d/d", file: file, beside: ["/d/d-wal": log], folder: folder, user)
            let said = words.map { "\($0) can be changed by others than its owner" }
            #expect(exposure.refused.map(\.detail) == said)
            #expect(exposure.told == [])
        }
    }

    @Test func `a link is as sound as its folder and that of the file it leads to`() throws {
        let folder = NSTemporaryDirectory() + "exposure-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["", "/closed", "/open"] { #expect(mkdir(folder + name, 0o700) == 0) }
        let (link, database) = (folder + "/closed/d", folder + "/open/d")
        #expect(FileManager.default.createFile(atPath: database, contents: nil))
        #expect(chmod(database, 0o600) == 0 && symlink(database, link) == 0)
        #expect(Exposure(of: link, for: geteuid())?.refused == [])
        for (opened, replaced) in [("/open", database), ("/closed", link)] {
            #expect(chmod(folder + opened, 0o777) == 0)
            let refused = Exposure(of: link, for: geteuid())?.refused.map(\.detail)
            #expect(refused == ["everybody may put a database of their own in place of \(replaced)"])
            #expect(chmod(folder + opened, 0o700) == 0)
        }
    }
}
