import Glibc

/// A file system in memory of a few mebibytes, which can be filled.
final class SmallDisk {
    /// Mounting is root's, and not even root's in every container.
    static let isPossible: Bool = {
        do { return try SmallDisk(mebibytes: 1).isMounted } catch { return false }
    }()

    private let folder: TemporaryFolder
    private var isMounted = false

    var path: String { folder.path }

    init(mebibytes: Int) throws {
        folder = try TemporaryFolder()
        let type = "tmpfs"
        let options = "size=\(mebibytes)m,mode=0755"
        guard options.withCString({ mount(type, folder.path, type, 0, $0) }) == 0 else {
            throw FixtureFailure("mount: \(String(cString: strerror(errno)))")
        }
        isMounted = true
    }

    deinit {
        // Lazily: a daemon that is being killed may still have files open.
        if isMounted { umount2(folder.path, Int32(MNT_DETACH)) }
    }

    private var filler: String { folder.file("filler") }

    /// To the last byte, or but for so many.
    func fill(leaving rest: Int = 0) throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FixtureFailure("open: \(errno)") }
        defer { close(descriptor) }
        let chunk = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, chunk, chunk.count) > 0 {}
        guard errno == ENOSPC else { throw FixtureFailure("write: \(errno)") }
        let end = lseek(descriptor, 0, SEEK_END)
        guard rest == 0 || ftruncate(descriptor, end - rest) == 0 else {
            throw FixtureFailure("ftruncate: \(errno)")
        }
    }

    func free() { unlink(filler) }

    /// Whether anything on it may be changed.
    func setReadOnly(_ isReadOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT | (isReadOnly ? MS_RDONLY : 0))
        guard mount(nil, folder.path, nil, flags, nil) == 0 else {
            throw FixtureFailure("remount: \(String(cString: strerror(errno)))")
        }
    }

    @discardableResult
    func lay(_ bytes: [UInt8], down name: String, mode: mode_t) throws -> String {
        try folder.write(String(decoding: bytes, as: UTF8.self), to: name, mode: mode)
    }
}
