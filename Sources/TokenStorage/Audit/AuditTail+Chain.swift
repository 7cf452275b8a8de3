import Crypto
import TokenCore

extension AuditTail {
    /// The tail after `event`: its hash is SHA-256(previous hash ‖ number ‖ fields), each with its length in
    /// front, so that no two lines run together to the same bytes.
    func appending(_ event: AuditEvent) -> AuditTail {
        let next = seq + 1
        var canonical = hash
        canonical.reserveCapacity(512)
        func add(_ field: String?) {
            // An absent field is told from an empty one.
            guard let field else { return canonical.append(UInt8(ascii: "-")) }
            canonical += String(field.utf8.count).utf8
            canonical.append(UInt8(ascii: ":"))
            canonical += field.utf8
        }
        add(String(next))
        add(String(event.at.milliseconds))
        add(event.kind.rawValue)
        add(event.token?.description)
        add(event.source)
        add(event.owner?.id)
        add(event.by)
        add(event.detail)
        // Lines of the first schema had no such field, and must keep their hashes.
        if let how = event.how { add(how) }
        return AuditTail(seq: next, hash: Array(SHA256.hash(data: canonical)))
    }
}
