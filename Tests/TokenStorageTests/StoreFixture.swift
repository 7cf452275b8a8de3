import Foundation
import GRDB
import Synchronization
import TokenCore

@testable import TokenStorage

/// A directory of its own for each test, gone with it.
final class StoreFixture: Sendable {
    let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "token-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var path: String { directory + "/tokens.sqlite" }

    /// To the database, in a folder of its own.
    func link() throws -> String {
        let folder = directory + "/links"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let link = folder + "/tokens.sqlite"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        return link
    }

    func open() throws -> TokenStore { try TokenStore(path: path) }

    /// Changes the file behind the store's back, as an intruder or another program would.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}

/// What an observer was told, and in which order.
final class Observed: Sendable {
    private let commits = Mutex<[StoreCommit]>([])

    func note(_ commit: StoreCommit) { commits.withLock { $0.append(commit) } }
    var changes: [StoreChange] { commits.withLock { $0.flatMap(\.changes) } }
    var lines: [AuditLine] { commits.withLock { $0.flatMap(\.lines) } }
    /// The last of each commit.
    var revisions: [Int64] { commits.withLock { $0.compactMap(\.lines.last?.revision) } }
    var commitSizes: [Int] { commits.withLock { $0.map(\.changes.count) } }
    var count: Int { commits.withLock { $0.count } }
    func forget() { commits.withLock { $0 = [] } }
}

extension TokenStore {
    func observed() -> Observed {
        let observed = Observed()
        observe { observed.note($0) }
        return observed
    }

    func insert(_ tokens: TokenRecord...) async throws {
        try await mutate { writer in for token in tokens { try writer.insert(token) } }
    }

    func put(_ people: PersonRecord...) async throws {
        try await mutate { writer in for person in people { try writer.put(person) } }
    }

    func token(_ id: UserCode) async throws -> TokenRecord? { try await read { try $0.token(id) } }
    func person(_ id: OwnerID) async throws -> PersonRecord? { try await read { try $0.person(id) } }
}

let alice = OwnerID(source: "corp", id: "a-1")
let bob = OwnerID(source: "corp", id: "b-2")
let carol = OwnerID(source: "corp", id: "c-3")
let robot = OwnerID(source: OwnerID.serviceSource, id: "robot")

func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

func token(
    _ id: UInt64, of owner: OwnerID = alice, named name: String? = nil, at seconds: Int64 = 100
) -> TokenRecord {
    let terms = TokenTerms(name: name ?? "n\(id)")
    return TokenRecord(
        id: UserCode(value: id)!, owner: owner, secret: digest(id), terms: terms, createdAt: time(seconds))
}

func digest(_ number: UInt64) -> SecretDigest {
    withUnsafeBytes(of: number) { SecretDigest(hashing: $0) }
}

func ended(_ token: TokenRecord, _ kind: Ending.Kind, at seconds: Int64 = 200) -> TokenRecord {
    var token = token
    token.ending = Ending(kind: kind, at: time(seconds), reason: "because")
    return token
}

func person(_ id: OwnerID = alice, _ standing: Standing = .present, since seconds: Int64 = 1) -> PersonRecord
{
    PersonRecord(
        person: Person(
            id: id, login: "Login-\(id.id)", email: "\(id.id)@Example.org", displayName: "Name \(id.id)",
            dn: "uid=\(id.id),dc=example"),
        standing: standing, since: time(seconds))
}

func event(_ kind: AuditEvent.Kind, token: UserCode? = nil, owner: OwnerID? = nil) -> AuditEvent {
    AuditEvent(at: time(5), kind: kind, token: token, owner: owner, by: "uid 0 (root)", detail: "d")
}
