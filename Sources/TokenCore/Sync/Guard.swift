/// The limits within which a reading may take tokens away by itself. There is no switch that turns them off.
package struct GuardLimits: Hashable, Sendable {
    package var removalsMax: Int
    package var removalsPercentMax: Int
    package var dropPercentMax: Int

    package init(removalsMax: Int = 10, removalsPercentMax: Int = 5, dropPercentMax: Int = 20) {
        self.removalsMax = removalsMax
        self.removalsPercentMax = removalsPercentMax
        self.dropPercentMax = dropPercentMax
    }
}

/// What the guard compares a plan with: the source as the last accepted reading left it.
package struct LastReading: Hashable, Sendable {
    /// nil before the first accepted reading.
    package var fingerprint: String?
    package var people: Int
    /// Owners of this source who have tokens.
    package var owners: Int

    package init(fingerprint: String?, people: Int, owners: Int) {
        self.fingerprint = fingerprint
        self.people = people
        self.owners = owners
    }
}

/// Why a plan is not applied by itself.
package enum HoldReason: Hashable, Sendable {
    case tooManyRemovals
    case peopleDropped(from: Int, to: Int)
    /// In these keys, where that is known.
    case configurationChanged(keys: [String])

    fileprivate var dropPercent: Int? {
        guard case .peopleDropped(let from, let to) = self, from > 0 else { return nil }
        return (from - to) * 100 / from
    }
}

/// A plan that the guard stopped. Nothing of its reading is applied until somebody approves exactly this
/// plan.
package struct Hold: Hashable, Sendable {
    package var plan: RemovalPlan
    package var reasons: [HoldReason]
    /// How many removals would have passed.
    package var limit: Int
    /// How many were removed shortly before, and count with these.
    package var removedLately = 0
    /// How many people the last accepted reading had, and this one; nil in plans of before they were kept.
    package var peopleBefore: Int?
    package var people: Int?

    package init(plan: RemovalPlan, reasons: [HoldReason], limit: Int) {
        self.plan = plan
        self.plan.dropPercent = reasons.compactMap(\.dropPercent).first
        self.reasons = reasons
        self.limit = limit
    }
}

extension Hold {
    /// In which keys the configuration is another than that of the last accepted reading, where that is why.
    package var changedKeys: [String] {
        for case .configurationChanged(let keys) in reasons { return keys }
        return []
    }
}

extension SourceState {
    /// Over this span the guard adds up what was removed.
    package static let guardWindow = TimeSpan.hours(1)

    /// What a drop is measured by: the last accepted full reading's count, or more where changes told of
    /// more.
    package var peopleMost: Int { max(counted, people) }

    /// After when removals count, with those that are to follow: for an hour, unless somebody has looked and
    /// approved meanwhile. What is later than now was written by a clock that was ahead, and does not count.
    package func guardWindow(at now: Timestamp) -> Timestamp {
        let approval = approvedAt.flatMap { $0 <= now ? $0 : nil }
        return max(now - Self.guardWindow, approval ?? .distantPast)
    }
}

extension GuardLimits {
    /// Of how many owners so many removals are no more than what may pass.
    package func ownersMin(letting removals: Int) -> Int {
        guard removalsPercentMax > 0 else { return .max }
        let (hundredfold, isTooMany) = removals.multipliedReportingOverflow(by: 100)
        return isTooMany ? .max : (hundredfold + removalsPercentMax - 1) / removalsPercentMax
    }

    /// nil when the plan may be applied; otherwise why not. `removedLately` is what a series of small plans
    /// has removed already, and counts with this one.
    package func hold(
        _ plan: RemovalPlan, people: Int, last: LastReading, removedLately: Int = 0
    ) -> Hold? {
        let limit = max(removalsMax, last.owners * removalsPercentMax / 100)
        var reasons: [HoldReason] = []
        if plan.removals.count + removedLately > limit { reasons.append(.tooManyRemovals) }
        if let fingerprint = last.fingerprint, fingerprint != plan.fingerprint {
            let keys = Fingerprint.changedKeys(from: fingerprint, to: plan.fingerprint)
            reasons.append(.configurationChanged(keys: keys))
        }
        let dropped = last.people - people
        if dropped * 100 > last.people * dropPercentMax {
            reasons.append(.peopleDropped(from: last.people, to: people))
        }
        guard !reasons.isEmpty else { return nil }
        var hold = Hold(plan: plan, reasons: reasons, limit: limit)
        (hold.removedLately, hold.peopleBefore, hold.people) = (removedLately, last.people, people)
        return hold
    }
}
