import LDAPDirectory
import Testing
import TokenCore

@testable import RealServers

/// What every source of people has to do alike.
@Suite("every directory source")
struct DirectoryContractTests {
    enum Kind: CaseIterable, Sendable { case server, file }

    /// A source over the same thirty people, with whatever it needs to live.
    struct Subject: Sendable {
        let source: any DirectorySource
        private let owner: any Sendable

        init(_ kind: Kind) async throws {
            switch kind {
            case .server:
                let slapd = try await Slapd.started(People.ldif)
                (source, owner) = (slapd.source(), slapd)
            case .file:
                let file = try LDIFFile("version: 1\n\n# people\n" + Slapd.skeleton + People.ldif)
                (source, owner) = (file.source(), file)
            }
        }
    }

    private func everybody(_ session: any DirectorySession) async throws -> [String: Person] {
        let collected = Collected()
        let reading = try await session.enumerate(collected.append)
        #expect(reading.people == collected.people.count)
        return Dictionary(uniqueKeysWithValues: collected.people.map { ($0.login, $0) })
    }

    @Test("reads everybody once, with their labels", arguments: Kind.allCases)
    func readsEverybody(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        let people = try await everybody(session)
        #expect(people.count == 30)
        let one = try #require(people["p1"])
        #expect(one.id == OwnerID(source: "corp", id: Slapd.uuid(1)))
        #expect(one.email == "p1@example.org")
        #expect(one.displayName == "p1")
        #expect(one.dn == "uid=p1,ou=people,dc=example,dc=org")
        await session.close()
    }

    @Test("reads people with odd names", arguments: Kind.allCases)
    func readsOddNames(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        let people = try await everybody(session)
        for (index, odd) in People.odd.enumerated() {
            let person = try #require(people[odd.login])
            #expect(person.displayName == odd.name)
            #expect(try await session.find(.login(odd.login.uppercased())) == [person])
            #expect(
                await session.confirm([Slapd.uuid(21 + index)]) == [Slapd.uuid(21 + index): .present(person)])
        }
    }

    @Test("says who is disabled, and by what", arguments: Kind.allCases)
    func saysWhoIsDisabled(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let people = try await everybody(try await subject.source.connect())
        #expect(people.values.filter { $0.disabled != nil }.map(\.login) == [People.disabledLogin])
        #expect(people[People.disabledLogin]?.disabled == "shadowExpire")
    }

    @Test("tells who is there, who moved, who is no person, and who is gone", arguments: Kind.allCases)
    func confirms(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        let asked = [Slapd.uuid(7), People.movedID, People.notEligibleID, People.goneID, Slapd.uuid(7)]
        let answers = await session.confirm(asked)
        #expect(answers.count == 4)
        let seventh = try #require(try await session.find(.login("p7")).first)
        #expect(answers[Slapd.uuid(7)] == .present(seventh))
        #expect(answers[People.movedID] == .moved(dn: People.movedDN))
        #expect(answers[People.notEligibleID] == .notEligible(dn: People.notEligibleDN))
        #expect(answers[People.goneID] == .deleted)
    }

    @Test("does not take an id that cannot exist for somebody who is gone", arguments: Kind.allCases)
    func refusesMalformedIDs(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        let answers = await session.confirm(["", "*", "no-uuid", Slapd.uuid(1)])
        for id in ["", "*", "no-uuid"] {
            guard case .unknown(.misconfigured) = answers[id] else {
                Issue.record("\(id): \(String(describing: answers[id]))")
                continue
            }
        }
        guard case .present = answers[Slapd.uuid(1)] else {
            Issue.record("the others of the batch must be answered")
            return
        }
    }

    @Test("finds people by login, e-mail and id, letter case aside", arguments: Kind.allCases)
    func finds(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        let keys: [PersonKey] = [
            .login("P5"), .email("P5@Example.ORG"), .id(Slapd.uuid(5)), .id(Slapd.uuid(5).uppercased()),
        ]
        for key in keys {
            #expect(try await session.find(key).map(\.login) == ["p5"])
        }
        for key in [
            PersonKey.login("*"), .login(""), .login("nobody"), .id("*"), .login("p5)(uid=*"),
            .login("robot"),
        ] {
            #expect(try await session.find(key).isEmpty)
        }
    }

    @Test("lists those who match another filter as well, who may be nobody", arguments: Kind.allCases)
    func listsMembers(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        #expect(
            try await session.members(of: "(|(uid=P1)(mail=p2@*)(uid=robot))") == [
                Slapd.uuid(1), Slapd.uuid(2),
            ])
        #expect(try await session.members(of: "(uid=nobody)").isEmpty)
        for malformed in ["", "uid=p1", "(uid=p1", "(uid=p1))", ")(uid=*"] {
            let error = await failure { () async throws(DirectoryError) in
                try await session.members(of: malformed)
            }
            guard case .misconfigured = error else {
                Issue.record("\(malformed): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("never succeeds with nobody", arguments: Kind.allCases)
    func refusesNobody(_ kind: Kind) async throws {
        let subject: any DirectorySource
        let owner: any Sendable
        switch kind {
        case .server:
            let slapd = try await Slapd.started(People.ldif)
            (subject, owner) = (slapd.source { $0.filter = "(objectClass=posixAccount)" }, slapd)
        case .file:
            let file = try LDIFFile(Slapd.skeleton + People.ldif)
            (subject, owner) = (file.source { $0.filter = "(objectClass=posixAccount)" }, file)
        }
        let error = await failure { () async throws(DirectoryError) in
            try await subject.connect().enumerate { _ in }
        }
        withExtendedLifetime(owner) {}
        guard case .incomplete = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("answers with an error after it was closed", arguments: Kind.allCases)
    func closes(_ kind: Kind) async throws {
        let subject = try await Subject(kind)
        let session = try await subject.source.connect()
        await session.close()
        await session.close()
        let error = await failure { () async throws(DirectoryError) in try await session.enumerate { _ in } }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        guard case .unknown(.unreachable) = await session.confirm([Slapd.uuid(1)])[Slapd.uuid(1)] else {
            Issue.record("somebody was said to be gone")
            return
        }
    }
}
