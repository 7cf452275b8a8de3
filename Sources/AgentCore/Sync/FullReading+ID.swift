import TokenCore
import TokenStorage

extension FullReading {
    /// Under another configuration than the last accepted reading's, "not found" is believed only where
    /// somebody known is found at all, be it elsewhere: else everybody may be known by other ids, as with
    /// another attribute or on another server, and an approval would end the tokens of all.
    func checkSomebodyKnown(_ findings: Findings, _ before: Before) throws(DirectoryError) {
        guard let former = before.state.fingerprint, former != directory.source.fingerprint,
            before.knowsAnybody(findings.ledger), !findings.foundAnybodyKnown
        else { return }
        let keys = Fingerprint.changedKeys(from: former, to: directory.source.fingerprint)
        let changed = keys.isEmpty ? "" : " (\(keys.joined(separator: ", ")))"
        throw .incomplete(
            server: findings.server,
            reason:
                "the configuration is another\(changed), and by it nobody is found who was known: put url, "
                + "base and id back, or give the directory another name")
    }

    /// Before it was remembered by which attribute people are known, ids that can be none of this one's tell
    /// that it was another.
    func checkID(_ findings: Findings, _ before: Before) throws(DirectoryError) {
        let advice = findings.idAdvice(before.state)
        guard !advice.isEmpty, before.ownersThere.allSatisfy({ !findings.ledger.saw($0.id.id) }) else {
            return
        }
        for case .misconfigured(let detail) in findings.unconfirmed {
            throw .incomplete(server: findings.server, reason: "\(advice)\(detail)")
        }
    }
}

extension Findings {
    /// What may be to do where nobody known is found; nothing where it is known that `id` is as it was.
    func idAdvice(_ state: SourceState) -> String {
        guard let idAttribute, idAttribute.isAutomatic, state.idAttribute == nil else { return "" }
        return "id: auto is \(idAttribute.name): if people were known by another attribute, set id to it "
            + "(389-ds and FreeIPA: id: nsUniqueId); "
    }
}

extension Before {
    /// Whether there is anybody who should be found.
    fileprivate func knowsAnybody(_ ledger: ReadingLedger) -> Bool {
        ledger.expectsWitness || owners.contains { $0.standing != .gone }
    }
}

extension Findings {
    /// Whoever was known and was seen, or was looked up and found.
    fileprivate var foundAnybodyKnown: Bool {
        ledger.people > ledger.added
            || (Array(confirmed.values) + Array(others.values)).contains { presence in
                switch presence {
                case .present, .moved, .notEligible: true
                case .deleted, .unknown: false
                }
            }
    }
}
