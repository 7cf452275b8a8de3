import Logging
import Synchronization
import TokenCore
import TokenStorage

/// The directories and their readings: one reading of a source at a time.
final class DirectorySync: Sendable {
    let directories: [DirectorySettings]
    /// What they are called.
    let names: Set<String>
    let store: TokenStore
    let logger: Logger
    /// The time of what is put on record, by which spans are measured as well: never a leap's. Doubts, plans
    /// and the guard's hour would be over at once by it, and last for as much longer after it.
    let clock: @Sendable () -> Timestamp
    let turns: [String: Turn]
    /// For questions about single people, by source.
    private let questions: [String: Places]
    /// How many people the reading under way has seen, by source.
    private let progress = Mutex<[String: Int]>([:])
    /// Whose changes are being watched.
    private let watched = Mutex<Set<String>>([])
    let foundMeanwhile = FoundMeanwhile()

    init(
        store: TokenStore, directories: [DirectorySettings], logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.directories = directories
        names = Set(directories.map(\.source.name))
        self.logger = logger
        self.clock = clock
        turns = Dictionary(uniqueKeysWithValues: directories.map { ($0.source.name, Turn()) })
        questions = Dictionary(
            uniqueKeysWithValues: directories.map { directory in
                let places = Places(max: directory.questionsMax, waitingMax: directory.questionsWaitingMax)
                return (directory.source.name, places)
            })
    }

    /// The source of this name, or all of them.
    func selected(
        _ source: String?, member: String = "source"
    ) throws(AgentError) -> [DirectorySettings] {
        guard let source else { return directories }
        let named = directories.filter { $0.source.name == source }
        guard !named.isEmpty else {
            try AgentError.refuseToken(in: source, member: member)
            throw .invalid(member: member, "no directory named “\(source)” is configured")
        }
        return named
    }

    /// Waits for a reading of the same source that is under way.
    func read(
        _ directory: DirectorySettings, _ request: SyncRequest, filters: [String], by: Author
    ) async throws(AgentError) -> SyncReport {
        let name = directory.source.name
        guard let turn = turns[name] else { throw .internal("no such source") }
        guard await turn.take() else { return .calledOff(name, request) }
        foundMeanwhile.begin(name)
        let result = await Result { () async throws(AgentError) in
            if request.mode == .changes, !request.dryRun, request.approve == nil,
                let report = try await readChanges(directory, by: by)
            {
                return report
            }
            guard !Task.isCancelled else { return .calledOff(name, request) }
            return try await readAll(directory, request, filters: filters, by: by)
        }
        foundMeanwhile.end(name)
        await turn.give()
        return try result.get()
    }

    private func readAll(
        _ directory: DirectorySettings, _ request: SyncRequest, filters: [String], by: Author
    ) async throws(AgentError) -> SyncReport {
        let name = directory.source.name
        let reading = FullReading(
            directory: directory, store: store, logger: logger, clock: clock, filters: filters, by: by,
            foundMeanwhile: foundMeanwhile,
            progress: { [weak self] count in self?.note(count, in: name) })
        defer { note(nil, in: name) }
        return try await reading.run(request)
    }

    private func note(_ count: Int?, in source: String) { progress.withLock { $0[source] = count } }

    /// How many people the reading under way has seen; nil when there is none.
    func progress(of source: String) -> Int? { progress.withLock { $0[source] } }

    func noteWatch(_ isWatched: Bool, of source: String) {
        watched.withLock { sources in
            if isWatched { sources.insert(source) } else { sources.remove(source) }
        }
    }

    func isWatched(_ source: String) -> Bool { watched.withLock { $0.contains(source) } }

    func changesMethod(of directory: DirectorySettings, _ state: SourceState, held: Bool) -> ChangesMethod {
        let name = directory.source.name
        return ChangesMethod(
            state, held: held, isCurrent: state.fingerprint == directory.source.fingerprint,
            isWatched: isWatched(name))
    }

    /// Asks the directories for somebody the store does not know.
    /// If any of them cannot answer and no other knows them, that is `directoryUnavailable`, never "nobody".
    func find(_ query: OwnerQuery) async throws(AgentError) -> FoundPeople {
        // Neither a directory nor its log is to see a secret that was taken for a login.
        switch query {
        case .label(let label): if SecretLikeness.isThere(in: label) { return FoundPeople() }
        case .id(let id): if SecretLikeness.isTokenWithin(id.id) { return FoundPeople() }
        }
        var found = FoundPeople()
        var failure: DirectoryError?
        for directory in directories where query.concerns(directory.source.name) {
            let former = try await idAttribute(of: directory.source.name)
            let horizon = try await horizon(of: directory.source)
            do {
                let (people, sight) = try await ask(
                    query, directory.source, knownBy: former, notBehind: horizon)
                if let sight { found.sights.append(sight) }
                for person in people where !found.people.contains(where: { $0.id == person.id }) {
                    foundMeanwhile.note(person.id)
                    found.people.append(
                        PersonRecord(person: person, standing: person.standing, since: clock()))
                }
            } catch {
                failure = error
            }
        }
        if found.people.isEmpty, let failure { throw .directoryUnavailable("\(failure)") }
        return found
    }

    /// By which attribute people are known.
    func idAttribute(of source: String) async throws(AgentError) -> String? {
        do {
            return try await store.read { try $0.idAttribute(of: source) }
        } catch {
            throw AgentError(error)
        }
    }

    /// In its turn: each question is a connection and a bind, and a directory that hangs must not be asked by
    /// all who want to know.
    private func ask(
        _ query: OwnerQuery, _ source: any DirectorySource, knownBy former: String?,
        notBehind horizon: Horizon
    ) async throws(DirectoryError) -> ([Person], Sight?) {
        DirectoryWait.current?.begin(source.name)
        defer { DirectoryWait.current?.end() }
        let late = DirectoryError.timedOut(server: source.name, phase: "waiting for other questions")
        guard let places = questions[source.name], await places.take() else { throw late }
        let people = await Result { () async throws(DirectoryError) in
            // Who has been given up on meanwhile does not ask.
            guard !Task.isCancelled else { throw .cancelled }
            return try await Self.find(query, in: source, knownBy: former, notBehind: horizon)
        }
        await places.give()
        return try people.get()
    }

    private static func find(
        _ query: OwnerQuery, in source: any DirectorySource, knownBy former: String?,
        notBehind horizon: Horizon
    ) async throws(DirectoryError) -> ([Person], Sight?) {
        let session = try await source.connect(notBehind: horizon)
        try await session.checkID(knownBy: former)
        var people: [Person] = []
        var sight: Sight?
        do {
            for key in query.keys where people.isEmpty { people = try await session.find(key) }
            if !people.isEmpty {
                sight = Sight(
                    source: source.name, server: await session.identity,
                    progress: try await session.progress(),
                    idAttribute: try await session.idAttribute()?.name)
            }
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        return (people, sight)
    }
}

/// Who was found in the directories, and how far those had got.
struct FoundPeople: Sendable {
    var people: [PersonRecord] = []
    var sights: [Sight] = []
}

extension OwnerQuery {
    func concerns(_ source: String) -> Bool {
        switch self {
        case .label: true
        case .id(let owner): owner.source == source
        }
    }

    /// The next one only where the one before it is nobody's: see `ranked`.
    var keys: [PersonKey] {
        switch self {
        case .label(let label): [.login(label), .email(label)]
        case .id(let owner): [.id(owner.id)]
        }
    }
}
