import AgentCore
import AgentProtocol
import TokenCore

// The part of Wire+Core that is about what is on record: the audit trail and the sealing keys.

extension AuditRequest {
    init(_ params: AuditList) throws(AgentError) {
        self.init(limit: params.limit ?? Limits.listDefault)
        if let token = params.token { self.token = try UserCode(id: token) }
        user = params.user.map(OwnerQuery.init)
        if let event = params.event {
            guard let kind = AuditEvent.Kind(rawValue: event) else {
                throw .invalid(member: "event", "there is no such event")
            }
            self.kind = kind
        }
        by = params.by
        since = params.since.map(Timestamp.init)
        after = params.after
        before = params.before
    }
}

extension AuditList.Answer {
    init(_ page: AuditPage) {
        let lines = page.lines.map { line in
            var wire = AuditList.Line(line)
            wire.login = line.event.owner.flatMap { page.logins[$0] }
            return wire
        }
        self.init(lines: lines, head: page.head.text)
    }
}

extension AuditList.Line {
    init(_ line: TrailLine) {
        let event = line.event
        self.init(
            seq: line.head.seq, at: WireTime(event.at), event: event.kind.rawValue, by: event.by,
            hash: Hex.encode(line.head.hash))
        token = event.token?.description
        owner = event.owner.map { OwnerKey(source: $0.source, id: $0.id) }
        how = event.how
        detail = event.detail.isEmpty ? nil : event.detail
    }
}

extension AuditVerify {
    var auditHead: AuditHead? {
        get throws(AgentError) {
            guard let head else { return nil }
            guard let known = AuditHead(text: head) else {
                throw .invalid(member: "head", "must be SEQ:HASH, as a backup or `audit verify` tells it")
            }
            return known
        }
    }
}

extension AuditVerify.Answer {
    init(_ check: AuditCheck) {
        self.init(
            intact: check.isIntact, lines: check.lines, head: check.head.text, brokenAt: check.brokenAt,
            missing: check.missing.map(\.text))
    }
}

extension KeyRotate.Answer {
    init(_ rotation: KeyRotation) {
        self.init(
            from: rotation.from, to: rotation.to, resealed: rotation.resealed,
            unreadable: rotation.unreadable.map(\.description), retired: rotation.retired)
    }
}

extension KeyStatus.Answer {
    init(_ facts: KeyFacts) {
        self.init(
            file: facts.file, rotating: facts.isRotating,
            keys: facts.keys.map {
                KeyStatus.Key(id: $0.id, current: $0.isCurrent, present: $0.isPresent, sealed: $0.sealed)
            })
    }
}
