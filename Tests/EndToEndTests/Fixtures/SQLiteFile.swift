import Glibc

/// Changes a database as another program would, through the library that the daemon itself is linked to.
final class SQLiteFile {
    private typealias Open =
        @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Execute =
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, OpaquePointer?
        ) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    private let library: UnsafeMutableRawPointer
    private var database: OpaquePointer?

    init(_ path: String) throws {
        guard let library = dlopen("libsqlite3.so.0", RTLD_NOW) else { throw FixtureFailure("no libsqlite3") }
        self.library = library
        let opened = try function("sqlite3_open", Open.self)(path, &database)
        guard opened == 0 else { throw FixtureFailure("sqlite3_open: \(opened)") }
    }

    /// What was begun and not ended is undone.
    deinit {
        if let address = dlsym(library, "sqlite3_close") {
            _ = unsafeBitCast(address, to: Close.self)(database)
        }
        dlclose(library)
    }

    private func function<Function>(_ name: String, _: Function.Type) throws -> Function {
        guard let address = dlsym(library, name) else { throw FixtureFailure("no \(name)") }
        return unsafeBitCast(address, to: Function.self)
    }

    func execute(_ sql: String) throws {
        let done = try function("sqlite3_exec", Execute.self)(database, sql, nil, nil, nil)
        guard done == 0 else { throw FixtureFailure("sqlite3_exec: \(done)") }
    }

    static func execute(_ sql: String, in path: String) throws { try SQLiteFile(path).execute(sql) }
}
