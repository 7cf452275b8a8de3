import TokenCore
import TokenStorage

extension FullReading {
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
