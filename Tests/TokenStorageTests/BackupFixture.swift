import GRDB
import Glibc
import TokenCore

@testable import TokenStorage

extension StoreFixture {
    var backup: String { directory + "/backup.sqlite" }

    /// Four tokens of Alice's, made in as many lines.
    func seed(_ store: TokenStore) async throws {
        try await store.put(person(alice))
        for number in UInt64(1)...4 { try await store.make(token(number)) }
    }

    /// An index that does not fit its table, as after a lost write.
    static let indexDamage = """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'created_at)', 'id)') WHERE name = 'token_created'
        """

    /// A database with four tokens, closed, and its backup.
    func backedUp() async throws -> BackupFacts {
        let store = try open()
        try await seed(store)
        let facts = try StoreBackup.make(of: path, at: backup)
        await store.close()
        return facts
    }

    func reopened<T>(_ body: (TokenStore) async throws -> T) async throws -> T {
        let store = try open()
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    @discardableResult
    func restore(_ change: (inout RestoreOptions) -> Void = { _ in }) throws -> RestoreReport {
        var options = RestoreOptions(now: time(1000), by: "uid 0 (root)")
        change(&options)
        return try StoreRestore.run(backup, over: path, options)
    }

    /// What of the tokens is not as it was made.
    func endings() async throws -> [UInt64: Ending.Kind] {
        try await reopened { store in
            var found: [UInt64: Ending.Kind] = [:]
            for number in UInt64(1)...9 {
                found[number] = try await store.token(token(number).id)?.ending?.kind
            }
            return found
        }
    }

    var files: Set<String> {
        get throws {
            guard let folder = opendir(directory) else { return [] }
            defer { closedir(folder) }
            var names: Set<String> = []
            while let entry = readdir(folder) {
                names.insert(withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) })
            }
            return names.subtracting([".", ".."])
        }
    }

    func mode(_ path: String) -> UInt32 {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
    }
}

extension TokenStore {
    func make(_ token: TokenRecord) async throws {
        try await mutate { writer in
            try writer.insert(token)
            try writer.append(event(.tokenCreated, token: token.id, owner: token.owner))
        }
    }

    func end(_ number: UInt64, _ kind: Ending.Kind) async throws {
        try await mutate { writer in
            try writer.update(ended(TokenStorageTests.token(number), kind))
            let line = kind == .revoked ? AuditEvent.Kind.tokenRevoked : .tokenPurged
            try writer.append(event(line, token: TokenStorageTests.token(number).id, owner: alice))
        }
    }

    func change(
        _ number: UInt64, _ kind: AuditEvent.Kind, _ body: @escaping @Sendable (inout TokenRecord) -> Void
    ) async throws {
        try await mutate { writer in
            var record = try writer.reader.token(TokenStorageTests.token(number).id)!
            body(&record)
            try writer.update(record)
            try writer.append(event(kind, token: record.id, owner: alice))
        }
    }

    func rotate(_ number: UInt64, to secret: SecretDigest) async throws {
        try await mutate { writer in
            var record = try writer.reader.token(TokenStorageTests.token(number).id)!
            record.secret = secret
            try writer.update(record)
            var line = event(.tokenRotated, token: record.id, owner: alice)
            line.at = time(500)
            try writer.append(line)
        }
    }
}
