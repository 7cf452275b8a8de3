extension RemovalPlan {
    /// From what the confirmation said of each candidate. Present and unknown never act.
    package init(
        source: String, fingerprint: String, confirmed: [String: Presence], logins: [String: String]
    ) {
        let removals = confirmed.compactMap { id, presence in
            presence.evidence.map { evidence in
                Removal(
                    owner: OwnerID(source: source, id: id), login: logins[id] ?? "", evidence: evidence)
            }
        }
        self.init(source: source, fingerprint: fingerprint, removals: removals)
    }
}

extension Presence {
    /// What of it speaks against an owner; nil when nothing does.
    package var evidence: Evidence? {
        switch self {
        case .present, .unknown: nil
        case .moved: .moved
        case .notEligible: .notEligible
        case .deleted: .deleted
        }
    }
}
