import Glibc

/// Changes a database as another program would, through the library that the daemon itself is linked to.
enum SQLiteFile {
    private typealias Open =
        @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Execute =
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, OpaquePointer?
        ) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    static func execute(_ sql: String, in path: String) throws {
        guard let library = dlopen("libsqlite3.so.0", RTLD_NOW) else { throw FixtureFailure("no libsqlite3") }
        defer { dlclose(library) }
        func function<Function>(_ name: String, _: Function.Type) throws -> Function {
            guard let address = dlsym(library, name) else { throw FixtureFailure("no \(name)") }
            return unsafeBitCast(address, to: Function.self)
        }
        var database: OpaquePointer?
        let opened = try function("sqlite3_open", Open.self)(path, &database)
        let done = try function("sqlite3_exec", Execute.self)(database, sql, nil, nil, nil)
        let closed = try function("sqlite3_close", Close.self)(database)
        guard (opened, done, closed) == (0, 0, 0) else { throw FixtureFailure("sqlite: \(opened) \(done)") }
    }
}
