import LDAPDirectory
import Synchronization
import Testing
import TokenCore

@testable import RealServers

/// Every way we know in which a directory has looked empty, or half empty, and was not.
@Suite("a reading is not complete")
struct IncidentTests {
    private func reading(
        _ source: LDAPSource, _ onBatch: @escaping @Sendable ([Person]) -> Void = { _ in }
    ) async -> DirectoryError? {
        await failure { () async throws(DirectoryError) in try await source.connect().enumerate(onBatch) }
    }

    @Test("with the default size limit of 500 and 1,200 people, which paging does not help")
    func sizeLimit() async throws {
        var options = Slapd.Options()
        options.sizeLimit = "500"
        let slapd = try await Slapd.started(Slapd.crowd(1200), options: options)
        let seen = Collected()
        guard case .refused(_, 4, _) = await reading(slapd.source { $0.pageSize = 200 }, seen.append) else {
            Issue.record("the size limit was not noticed")
            return
        }
        #expect(seen.people.count == 500)
        guard case .refused(_, 4, _) = await reading(slapd.source { $0.pageSize = 0 }) else {
            Issue.record("the size limit was not noticed without pages")
            return
        }
    }

    @Test(
        "with 1,200 people and no limit it is, paged or not", arguments: [Int32(0), 7, 500, 700, 1200, 5000])
    func everyPageSize(_ size: Int32) async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1200))
        let seen = Collected()
        let session = try await slapd.source { $0.pageSize = size }.connect()
        let reading = try await session.enumerate(seen.append)
        #expect(reading.people == 1200)
        #expect(reading.method == (size == 0 ? "unpaged" : "paged"))
        #expect(Set(seen.people.map(\.id.id)) == Set((1...1200).map(Slapd.uuid)))
    }

    @Test("when rights were taken away, and the search succeeds with nobody")
    func revokedRights() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(20))
        let session = try await slapd.source().connect()
        _ = try await session.enumerate { _ in }
        try slapd.restart(database: [
            "access to attrs=userPassword by anonymous auth by * none",
            "access to dn.children=\"\(Slapd.people)\" by * none", "access to * by * read",
        ])
        guard case .incomplete = await reading(slapd.source()) else {
            Issue.record("an empty success was taken for a reading")
            return
        }
        let after = try await slapd.source().connect()
        guard case .unknown = await after.confirm([Slapd.uuid(1)])[Slapd.uuid(1)] else {
            Issue.record("somebody was said to be gone")
            return
        }
    }

    @Test("when rights are taken away between the reading and the confirmation")
    func revokedBeforeConfirming() async throws {
        // The id can be read, but not searched for: OpenLDAP then finds nobody, and succeeds.
        var options = Slapd.Options()
        options.database = [
            "access to attrs=userPassword by anonymous auth by * none",
            "access to attrs=entryUUID by * =r", "access to * by * read",
        ]
        let slapd = try await Slapd.started(Slapd.crowd(20), options: options)
        let session = try await slapd.source().connect()
        #expect(try await session.enumerate { _ in }.people == 20)
        guard case .unknown(.incomplete) = await session.confirm([Slapd.uuid(1)])[Slapd.uuid(1)] else {
            Issue.record("somebody was said to be gone")
            return
        }
    }

    @Test("when ids cannot be read")
    func unreadableIDs() async throws {
        var options = Slapd.Options()
        options.database = [
            "access to attrs=userPassword by anonymous auth by * none",
            "access to dn.exact=\"uid=p9,\(Slapd.people)\" attrs=entryUUID by * none",
            "access to * by * read",
        ]
        let slapd = try await Slapd.started(Slapd.crowd(20), options: options)
        let seen = Collected()
        guard case .incomplete(_, let reason) = await reading(slapd.source(), seen.append) else {
            Issue.record("somebody without an id was overlooked")
            return
        }
        #expect(reason.contains("entryUUID"))
        #expect(seen.people.count == 19)
    }

    @Test("when two people have one id")
    func ambiguousIDs() async throws {
        let slapd = try await Slapd.started(
            Slapd.person("a", more: ["employeeNumber: 7"]) + Slapd.person("b", more: ["employeeNumber: 7"]))
        guard case .incomplete = await reading(slapd.source { $0.attributes.id = "employeeNumber" }) else {
            Issue.record("two people were taken for one")
            return
        }
    }

    @Test("when the base was renamed")
    func missingBase() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(3))
        let source = slapd.source { $0.base = "ou=staff,\(Slapd.suffix)" }
        guard case .refused(_, 32, _) = await reading(source) else {
            Issue.record("a missing base was not noticed")
            return
        }
        let session = try await source.connect()
        guard case .unknown(.refused(_, 32, _)) = await session.confirm([Slapd.uuid(1)])[Slapd.uuid(1)] else {
            Issue.record("somebody was said to be gone")
            return
        }
    }

    @Test("when part of the tree is on another server")
    func references() async throws {
        let slapd = try await Slapd.started(
            Slapd.crowd(3) + """
                dn: ou=elsewhere,\(Slapd.people)
                objectClass: referral
                objectClass: extensibleObject
                ou: elsewhere
                ref: ldap://other.example.org/ou=elsewhere,\(Slapd.people)


                """)
        guard case .incomplete = await reading(slapd.source()) else {
            Issue.record("a reference was not noticed")
            return
        }
        let session = try await slapd.source().connect()
        let answers = await session.confirm([Slapd.uuid(1), People.goneID])
        guard case .present = answers[Slapd.uuid(1)], case .unknown(.incomplete) = answers[People.goneID]
        else {
            Issue.record("\(answers)")
            return
        }
    }

    @Test("when something outside the base is on another server, where people may have moved")
    func referencesElsewhere() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(3) + Slapd.referral)
        // Everybody can be read; but nobody can be found to have left.
        #expect(await reading(slapd.source()) == nil)
        let session = try await slapd.source().connect()
        let answers = await session.confirm([Slapd.uuid(1), People.goneID])
        guard case .present = answers[Slapd.uuid(1)], case .unknown(.incomplete) = answers[People.goneID]
        else {
            Issue.record("\(answers)")
            return
        }
    }

    @Test("when the server dies between two pages")
    func killedBetweenPages() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1200))
        let error = await reading(slapd.source { $0.pageSize = 500 }) { _ in slapd.kill() }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("when the server dies between two pages and is back before the next")
    func restartedBetweenPages() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1200))
        let hasRestarted = Mutex(false)
        let error = await reading(slapd.source { $0.pageSize = 500 }) { _ in
            guard
                !hasRestarted.withLock({ was in
                    defer { was = true }; return was
                })
            else { return }
            slapd.kill()
            do { try slapd.start() } catch { Issue.record(error) }
        }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("when the server stops answering, at the deadline and not later")
    func silentServer() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1200))
        let source = slapd.source {
            $0.pageSize = 100
            $0.timing.deadline = .seconds(1)
        }
        let began = ContinuousClock.now
        let error = await reading(source) { _ in slapd.pause() }
        let took = began.duration(to: .now)
        slapd.resume()
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // All other limits are a minute.
        #expect(took < .seconds(30))
    }

    @Test("when the caller stops waiting")
    func cancelled() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1200))
        let source = slapd.source { $0.pageSize = 100 }
        let (batches, arrived) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await reading(source) { _ in
                slapd.pause()
                arrived.yield()
            }
        }
        for await _ in batches { break }
        task.cancel()
        let error = await task.value
        #expect(error == .cancelled)
        slapd.resume()
    }

    @Test("confirming thousands of ids asks in batches")
    func manyConfirmations() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(1000))
        let session = try await slapd.source().connect()
        let answers = await session.confirm((501...1500).map(Slapd.uuid))
        #expect(answers.count == 1000)
        #expect(answers.values.count { $0 == .deleted } == 500)
        #expect(answers.values.count { if case .present = $0 { true } else { false } } == 500)
    }

    @Test("whoever was known to be there may be the one who left")
    func witnessLeft() async throws {
        let slapd = try await Slapd.started(Slapd.crowd(2))
        let session = try await slapd.source().connect()
        _ = try await session.enumerate { _ in }
        for number in [1, 2] {
            try await offPool { try slapd.add(Slapd.person("x\(number)")) }
            try await offPool { try slapd.delete("uid=p\(number),\(Slapd.people)") }
            #expect(await session.confirm([Slapd.uuid(number)]) == [Slapd.uuid(number): .deleted])
        }
    }

    @Test("a size limit while confirming makes nobody gone")
    func sizeLimitWhileConfirming() async throws {
        var options = Slapd.Options()
        options.sizeLimit = "50"
        let slapd = try await Slapd.started(Slapd.crowd(100), options: options)
        let answers = try await slapd.source().connect().confirm((1...101).map(Slapd.uuid))
        #expect(answers.count == 101)
        for answer in answers.values {
            guard case .unknown(.refused(_, 4, _)) = answer else {
                Issue.record("\(answer)")
                continue
            }
        }
    }
}
