import Foundation
import Synchronization
import TokenCore
import TokenStorage

/// Fills a database as if people had made tokens for years, and writes the tokens to a file.
///
///     BenchmarkSeed DATABASE TOKENS-FILE TOKENS OWNERS
///     BenchmarkSeed growth TOKENS OWNERS
///
/// Owners are people of the directory `corp`; each has as many tokens as the next, named `n0`, `n1`, …
@main
struct Seed {
    /// In one transaction: large enough that the disk does not count.
    static let groupMax = 20_000

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, arguments[1] == "growth", let tokens = Int(arguments[2]),
            let owners = Int(arguments[3])
        {
            let seeder = Seeder(owners: owners, now: Timestamp(seconds: 1))
            return print(Growth(seeder: seeder).run(tokens))
        }
        guard arguments.count == 5, let tokens = Int(arguments[3]), let owners = Int(arguments[4]), owners > 0
        else {
            FileHandle.standardError.write(Data("BenchmarkSeed DATABASE TOKENS-FILE TOKENS OWNERS\n".utf8))
            exit(64)
        }
        let store = try TokenStore(path: arguments[1])
        _ = FileManager.default.createFile(atPath: arguments[2], contents: nil)
        guard let file = FileHandle(forWritingAtPath: arguments[2]) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let seeder = Seeder(owners: owners, now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        for start in stride(from: 0, to: owners, by: groupMax) {
            let people = (start..<min(start + groupMax, owners)).map(seeder.person)
            try await store.mutate(alone: true) { writer in
                for person in people { try writer.put(person) }
            }
        }
        for start in stride(from: 0, to: tokens, by: groupMax) {
            let made = (start..<min(start + groupMax, tokens)).map(seeder.token)
            try await store.mutate(alone: true) { writer in
                for (record, _) in made { try writer.insert(record) }
            }
            let lines = made.map { "\(TokenText.reveal($0.0.id, $0.1))\n" }.joined()
            try file.write(contentsOf: Data(lines.utf8))
        }
        try file.close()
        await store.close()
    }
}

struct Seeder {
    let owners: Int
    let now: Timestamp

    func person(_ number: Int) -> PersonRecord {
        let login = "person\(number)"
        let person = Person(
            id: owner(number), login: login, email: "\(login)@corp.example", displayName: "Person \(number)",
            dn: "uid=\(login),ou=people,dc=corp,dc=example")
        return PersonRecord(person: person, standing: .present, since: now)
    }

    /// As an entryUUID is written.
    private func owner(_ number: Int) -> OwnerID {
        let digits = String(number, radix: 16)
        let tail = String(repeating: "0", count: 12 - digits.count) + digits
        return OwnerID(source: "corp", id: "7b1e9a52-6c1d-103f-9d3e-\(tail)")
    }

    func token(_ number: Int) -> (TokenRecord, PassCode) {
        var generator = SystemRandomNumberGenerator()
        let id = UserCode.random(using: &generator)
        let passCode = PassCode.random(for: id, using: &generator)
        let terms = TokenTerms(
            name: "n\(number / owners)", expiresAt: number % 2 == 0 ? now + .days(365) : nil)
        var record = TokenRecord(
            id: id, owner: owner(number % owners), secret: passCode.digest, terms: terms, createdAt: now)
        record.lastUsedAt = now
        return (record, passCode)
    }
}
