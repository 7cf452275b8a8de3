import Crypto
import TokenCore

extension AuditTail {
    /// The tail after `event`: its hash is SHA-256(previous hash ‖ number ‖ fields), each with its length in
    /// front, so that no two lines run together to the same bytes.
    func appending(_ event: AuditEvent) -> AuditTail {
        let next = seq + 1
        let fields = [
            "\(next)", "\(event.at.milliseconds)", event.kind.rawValue, event.token?.description,
            event.source, event.owner?.id, event.by, event.detail,
        ]
        var canonical = hash
        for field in fields {
            // An absent field is told from an empty one.
            canonical += (field.map { "\($0.utf8.count):\($0)" } ?? "-").utf8
        }
        return AuditTail(seq: next, hash: Array(SHA256.hash(data: canonical)))
    }
}
