import TokenCore

/// What a reading does to the model.
extension Model {
    enum Reading: Equatable {
        case applied
        case held
        /// Nobody is in it who was there before.
        case incomplete
        /// An approval of what is no longer so.
        case outdated
    }

    /// Everybody. `approved` is whether the held plan is.
    mutating func readFully(approved: Bool = false) -> Reading {
        let wereThere = known.filter { $0.value.standing == .present }.keys
        // Before the first reading only owners are known for certain.
        let isComparable = lastCompleteAt != nil || wereThere.contains { !liveTokens(of: $0).isEmpty }
        if isComparable, !wereThere.isEmpty, !wereThere.contains(where: isSeen) { return .incomplete }
        if approved, isExpired { return .outdated }
        let plan = planOfAll()
        let seen = directory.values.count { $0 == .here || $0 == .disabled }
        let drop = lastCompleteAt == nil ? nil : drop(to: seen)
        let found = Held(plan: plan, disabled: disabled(of: directory.keys), dropPercent: drop)
        let holds = isTooMany(plan) || drop != nil
        if approved, held != found {
            held = holds ? found : nil
            heldSince = now
            return .outdated
        }
        if holds, !approved {
            // Found again, it has been held since the first time.
            if held != found || isExpired { heldSince = now }
            held = found
            return .held
        }
        for (person, place) in directory where place == .here || place == .disabled { see(person, place) }
        for (person, evidence) in plan { remove(person, evidence) }
        for person in Array(known.keys) where !isSeen(person) { forget(person) }
        held = nil
        (people, counted) = (seen, seen)
        lastCompleteAt = now
        if approved { approvedAt = now }
        hasCookie = true
        purge(before: now - Self.grace + .milliseconds(1))
        return .applied
    }

    /// What the directory tells of these people. nil where everybody has to be read instead.
    mutating func readChanges(_ told: [String], hints: Set<String>) -> Reading? {
        // A held plan is settled by reading everybody.
        guard lastCompleteAt != nil, hasCookie, held == nil else { return nil }
        let doubtful = told.filter { person in
            hints.contains(person) || (directory[person] == .disabled && known[person]?.standing == .present)
        }
        let absent = doubtful.reduce(into: Plan()) { $0[$1] = evidence(of: $1) }
        // Somebody unknown who is elsewhere: a branch that moved, perhaps.
        if absent.contains(where: { known[$0] == nil && $1 != .deleted }) { return nil }
        let plan = absent.filter { person, evidence in
            liveTokens(of: person).count > 0 && known[person]?.standing != evidence.standing
        }
        let come = told.count { isSeen($0) && !isCounted($0) }
        let after = people + come - absent.keys.count { isCounted($0) }
        let drop = plan.isEmpty && after >= people ? nil : drop(to: after)
        if isTooMany(plan) || drop != nil {
            held = Held(plan: plan, disabled: disabled(of: doubtful), dropPercent: drop)
            heldSince = now
            return .held
        }
        for person in told { if isSeen(person), let place = directory[person] { see(person, place) } }
        for (person, evidence) in plan { remove(person, evidence) }
        for person in absent.keys where known[person] != nil { forget(person) }
        people = max(after + absent.keys.count { isCounted($0) }, 0)
        purge(before: now - Self.grace + .milliseconds(1))
        return .applied
    }

    // MARK: Parts

    private var limit: Int {
        let owners = Set(tokens.filter(\.isLive).compactMap(\.person)).count
        return max(Self.limits.removalsMax, owners * Self.limits.removalsPercentMax / 100)
    }

    private var isExpired: Bool { now >= heldSince + Self.planKept }

    /// With those of the last hour, unless somebody has approved meanwhile.
    private func isTooMany(_ plan: Plan) -> Bool {
        guard !plan.isEmpty else { return false }
        let window = max(now - Self.guardWindow, approvedAt <= now ? approvedAt : .distantPast)
        let lately = known.count { person, stands in
            plan[person] == nil && stands.isRemoved && stands.since > window && stands.since <= now
        }
        return plan.count + lately > limit
    }

    /// In hundredths, where it is too much.
    private func drop(to people: Int) -> Int? {
        let most = max(counted, self.people)
        return (most - people) * 100 > most * Self.limits.dropPercentMax ? (most - people) * 100 / most : nil
    }

    private func isCounted(_ person: String) -> Bool {
        known[person]?.standing == .present || known[person]?.standing == .disabled
    }

    private func isSeen(_ person: String) -> Bool {
        directory[person] == .here || directory[person] == .disabled
    }

    private func evidence(of person: String) -> Evidence? {
        switch directory[person] ?? .deleted {
        case .here, .disabled: nil
        case .moved: .moved
        case .filtered: .notEligible
        case .deleted: .deleted
        }
    }

    private func liveTokens(of person: String) -> [Token] {
        tokens.filter { $0.isLive && $0.person == person }
    }

    /// Owners who are not seen, and would stand otherwise.
    private func planOfAll() -> Plan {
        Set(tokens.compactMap(\.person)).reduce(into: Plan()) { plan, person in
            let standing = known[person]?.standing ?? .present
            guard let evidence = evidence(of: person), !liveTokens(of: person).isEmpty, standing != .gone,
                standing != evidence.standing
            else { return }
            plan[person] = evidence
        }
    }

    /// Owners who are there as far as is known, and are disabled.
    private func disabled(of people: some Sequence<String>) -> Set<String> {
        Set(
            people.filter { person in
                directory[person] == .disabled && !liveTokens(of: person).isEmpty
                    && (known[person]?.standing ?? .present) == .present
            })
    }

    private mutating func see(_ person: String, _ place: Place) {
        stand(person, place == .here ? .present : .disabled)
    }

    /// Who stands so already keeps the time since when.
    private mutating func stand(_ person: String, _ standing: Standing) {
        guard known[person]?.standing != standing else { return }
        let isWorthALine = known[person] != nil || (standing != .present && standing != .disabled)
        known[person] = Known(standing: standing, since: now)
        guard isWorthALine, !liveTokens(of: person).isEmpty else { return }
        standingLines[person, default: []].append(Known(standing: standing, since: now))
    }

    private mutating func remove(_ person: String, _ evidence: Evidence) {
        guard known[person]?.standing != evidence.standing else { return }
        stand(person, evidence.standing)
        known[person]?.isRemoved = true
    }

    /// People without tokens are bookkeeping. Who has nothing left but tombstones is kept with them as
    /// missing.
    private mutating func forget(_ person: String) {
        let theirs = tokens.filter { $0.person == person && !$0.isForgotten }
        if theirs.isEmpty {
            known[person] = nil
        } else if !theirs.contains(where: \.isLive), [.present, .disabled].contains(known[person]?.standing) {
            known[person] = Known(standing: .missing, since: now)
        }
    }
}
