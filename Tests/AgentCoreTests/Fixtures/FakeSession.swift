import TokenCore

/// One connection to a `FakeDirectory`.
struct FakeSession: DirectorySession {
    static let batch = 7

    let directory: FakeDirectory

    var server: String { "fake://\(directory.name)" }

    var identity: String { get async { directory.now.server } }

    func progress() async throws(DirectoryError) -> ServerProgress? { directory.now.progress }

    func idAttribute() async throws(DirectoryError) -> IDAttribute? { directory.now.idAttribute }

    func enumerate(
        _ onBatch: @escaping @Sendable ([Person]) -> Void
    ) async throws(DirectoryError) -> Enumeration {
        directory.count { $0.enumerated += 1 }
        let content = directory.now
        let people =
            content.showsNobody
            ? [] : content.people.values.sorted { $0.id < $1.id } + content.repeats
        var told = 0
        try await directory.reach(.enumeration(after: 0))
        while told < people.count {
            let stops = content.stops.filter { $0 > told }
            let end = min(told + Self.batch, people.count, stops.min() ?? .max)
            onBatch(Array(people[told..<end]))
            told = end
            try await directory.reach(.enumeration(after: told))
        }
        if people.isEmpty, !content.showsNobody {
            throw .incomplete(server: server, reason: "it has no entries")
        }
        return Enumeration(people: people.count, pages: max(1, told / Self.batch), method: "fake")
    }

    func confirm(_ ids: [String]) async -> [String: Presence] {
        directory.count { $0.confirmed.append(ids) }
        await directory.now.gates[.confirmation]?.pass()
        let content = directory.now
        var answer: [String: Presence] = [:]
        for id in ids { answer[id] = content.presence(of: id) }
        directory.change { content in
            for id in content.vanishesAfterConfirmation where !ids.contains(id) { content.people[id] = nil }
        }
        return answer
    }

    func find(_ key: PersonKey) async throws(DirectoryError) -> [Person] {
        directory.count { $0.found += 1 }
        try await directory.reach(.find)
        return directory.now.people.values.filter { person in
            switch key {
            case .login(let login): Person.fold(person.login) == Person.fold(login)
            case .email(let email): person.email.map(Person.fold) == Person.fold(email)
            case .id(let id): person.id.id == id
            }
        }
    }

    func members(of filter: String) async throws(DirectoryError) -> Set<String> {
        try await directory.reach(.members)
        return directory.now.members[filter] ?? []
    }

    func shows(_ attribute: String) async throws(DirectoryError) -> Bool {
        directory.now.people.values.contains { $0.disabled == attribute }
    }

    func close() async { directory.count { $0.closed += 1 } }
}

extension FakeDirectory.Content {
    /// Where an enumeration has something to stop or fail at.
    fileprivate var stops: [Int] {
        (Array(gates.keys) + Array(failures.keys)).compactMap {
            if case .enumeration(let after) = $0 { after } else { nil }
        }
    }

    fileprivate func presence(of id: String) -> Presence {
        if let error = failures[.confirmation] ?? unconfirmable[id] { return .unknown(error) }
        if let person = people[id] { return .present(person) }
        return outside[id] ?? .deleted
    }
}

extension FakeSession {
    func changes(since cookie: ChangeCookie?) async throws(DirectoryError) -> ChangeSet {
        let now = directory.now
        guard let current = now.cookie else { throw .unsupported(detail: "it cannot tell changes") }
        if cookie == nil, let refusal = now.refusal { throw refusal }
        guard cookie != nil else { return ChangeSet(cookie: current, incompleteness: "there was no cookie") }
        return now.told
    }

    func watch(
        since cookie: ChangeCookie?, _ onEvents: @escaping @Sendable (ChangeSet) -> Void
    ) async throws(DirectoryError) {
        let sets = directory.now.watched
        guard !sets.isEmpty else {
            throw .unsupported(detail: "\(server) cannot tell changes as they happen")
        }
        directory.count { $0.watched += 1 }
        sets.forEach(onEvents)
        throw .unreachable(server: server, code: -1, detail: "the connection was lost")
    }
}
