import Glibc
import Synchronization
package import TokenCore

/// The sealing keys at hand: one that seals, and others that still open what they sealed.
///
/// On the disk the key in use is `FILE`. While it is being replaced the new one is `FILE.next`, and seals;
/// afterwards that is `FILE`, and the former one `FILE.ID`, which is only read.
package final class SealingKeys: Sendable {
    fileprivate struct State {
        /// nil where it is lost, and none can be made in its place.
        var current: SealingKey?
        var others: [String: SealingKey] = [:]
        var isRotating = false
    }

    /// Empty for keys that lie in no file.
    package let path: String
    private let place: SealingKeyFile.Place
    private let state: Mutex<State>

    /// A key alone, that cannot be replaced.
    package init(_ key: SealingKey) {
        path = ""
        place = .own
        state = Mutex(State(current: key))
    }

    /// Reads all there are, and makes the first one on first start. Blocking.
    ///
    /// Where `hasSealed`, a file that is not there is lost. Then there is none, rather than an error, where
    /// none can be made: whoever verifies needs no key. Asked only then.
    package init(
        orCreateAt path: String, in place: SealingKeyFile.Place = .own,
        hasSealed: () throws(StorageError) -> Bool = { false }
    ) throws(StorageError) {
        self.path = path
        self.place = place
        var found = State(current: nil)
        let isMissing = access(path, F_OK) != 0 && errno == ENOENT
        do throws(StorageError) {
            found.current = try SealingKeyFile.load(orCreateAt: path, in: place)
        } catch {
            guard isMissing, try hasSealed() else { throw error }
        }
        for file in try Self.retiredFiles(of: path) {
            let key = try SealingKeyFile.load(orCreateAt: file, in: place)
            found.others[key.id] = key
        }
        // A rotation was cut short, or an administrator has laid the next key down here.
        if let next = try SealingKeyFile.read(Self.next(path), in: place) { found.adopt(next) }
        state = Mutex(found)
    }

    /// Looks as `init` does, throws what it would throw, and makes nothing. Whether there is a key in use.
    package static func examine(
        _ path: String, in place: SealingKeyFile.Place, hasSealed: Bool
    ) throws(StorageError) -> Bool {
        let isThere = try SealingKeyFile.read(path, in: place) != nil
        if !isThere && !hasSealed { try SealingKeyFile.checkRoom(for: path) }
        for file in try retiredFiles(of: path) + [next(path)] {
            _ = try SealingKeyFile.read(file, in: place)
        }
        return isThere
    }

    /// Empty where there is none.
    package var currentID: String { state.withLock { $0.current?.id ?? "" } }
    package var ids: [String] {
        state.withLock { [$0.current?.id].compactMap(\.self) + $0.others.keys.sorted() }
    }

    /// Where the file of a key belongs that is not at hand: the name in use may be another one's by now.
    package func file(of id: String) -> String { currentID.isEmpty ? path : "\(path).\(id)" }
    package var isRotating: Bool { state.withLock { $0.isRotating } }

    package func seal(
        _ passCode: PassCode, of token: UserCode, owner: OwnerID
    ) throws(SealingError) -> SealedSecret {
        guard let key = state.withLock({ $0.current }) else { throw .noKey }
        return try key.seal(passCode, of: token, owner: owner)
    }

    package func open(
        _ sealed: SealedSecret, of token: UserCode, owner: OwnerID
    ) throws(SealingError) -> PassCode {
        let key = state.withLock { $0.current?.id == sealed.keyID ? $0.current : $0.others[sealed.keyID] }
        guard let key else { throw .otherKey(sealed.keyID) }
        return try key.open(sealed, of: token, owner: owner)
    }

    /// Has a new key seal from now on: one that is on the disk before. Blocking. Continues a rotation that
    /// was begun before.
    package func beginRotation() throws(StorageError) {
        guard !isRotating else { return }
        guard !path.isEmpty else { throw .keyUnreadable(path: "", detail: "it lies in no file") }
        let next = Self.next(path)
        if access(next, F_OK) != 0, access(Self.folder(of: path), W_OK) != 0 {
            throw .keyFolderReadOnly(path: path, detail: String(cString: strerror(errno)))
        }
        let key = try SealingKeyFile.load(orCreateAt: next, in: place)
        state.withLock { $0.adopt(key) }
    }

    /// Puts the new key in the former one's place, once nothing is sealed by that any more. Where the former
    /// one lies now; nil where the folder cannot be written, so that it is for the administrator to do.
    /// Blocking.
    package func finishRotation() throws(StorageError) -> String? {
        guard isRotating else { return nil }
        let former = try SealingKeyFile.load(orCreateAt: path, in: place)
        let retired = "\(path).\(former.id)"
        guard access(Self.folder(of: path), W_OK) == 0 else { return nil }
        // A crash between the two leaves the former key under both names.
        guard link(path, retired) == 0 || errno == EEXIST else { throw Self.failure(retired) }
        try DatabaseFile.synchronizeDirectory(of: path)
        guard rename(Self.next(path), path) == 0 else { throw Self.failure(path) }
        try DatabaseFile.synchronizeDirectory(of: path)
        state.withLock { $0.isRotating = false }
        return retired
    }

    package static func next(_ path: String) -> String { path + ".next" }

    private static func folder(of path: String) -> String { DatabaseFile.directory(of: path) }

    private static func failure(_ path: String) -> StorageError {
        .keyUnreadable(path: path, detail: String(cString: strerror(errno)))
    }

    /// `FILE.ID`: sixteen hexadecimal digits.
    private static func retiredFiles(of path: String) throws(StorageError) -> [String] {
        let folder = folder(of: path)
        guard let entries = opendir(folder) else { throw failure(folder) }
        defer { closedir(entries) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        var files: [String] = []
        while let entry = readdir(entries) {
            let file = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard file.hasPrefix(name + ".") else { continue }
            let id = file.dropFirst(name.utf8.count + 1)
            if id.utf8.count == 16, id.allSatisfy(\.isHexDigit) { files.append("\(folder)/\(file)") }
        }
        return files.sorted()
    }
}

extension SealingKeys.State {
    fileprivate mutating func adopt(_ key: SealingKey) {
        guard key.id != current?.id else { return }
        if let current { others[current.id] = current }
        others[key.id] = nil
        current = key
        isRotating = true
    }
}
