import Foundation
import Testing

@testable import AgentProtocol

/// Full and bare examples of every message.
enum Samples {
    static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try ResultEncoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The result of an answer line.
    static func result<R: Decodable>(of line: String, as type: R.Type) throws -> R {
        try decode(AnswerLine<R>.self, line).result
    }

    private struct AnswerLine<R: Decodable>: Decodable { let result: R }

    static let time = WireTime(milliseconds: 1_795_287_283_940)
    static let owner = Owner(source: "corp", id: "u-1", login: "alice", email: "alice@example.org")
    static let metadata = TokenMetadata(
        id: "NFWIevo8", owner: owner, audience: "default", name: "n", write: true, flags: ["f"],
        createdAt: time,
        updatedAt: time, expiresAt: time, lastUsedAt: time, state: .active, retrievable: false)
    static let bareMetadata = TokenMetadata(
        id: "NFWIevo8", owner: Owner(source: "service", id: "ci", login: "ci", email: nil),
        audience: "default", name: "",
        write: false, flags: [], createdAt: time, updatedAt: time, expiresAt: nil, lastUsedAt: nil,
        state: .obsolete,
        retrievable: true)
    static let created = CreatedToken(
        metadata: metadata, token: Secret("tka_NFWIevo8_x"), userCode: "NFWIevo8", passCode: Secret("x"))
    static let held = {
        var held = HeldPlan(
            plan: "p1", source: "corp", reason: .tooManyRemovals, wouldRemove: 12, limit: 10,
            removals: [
                .init(owner: OwnerKey(source: "corp", id: "u-1"), login: "alice", evidence: "deleted")
            ],
            since: time, expiresAt: time)
        (held.wouldSuspend, held.removedLately, held.peopleBefore, held.people) = (2, 3, 40, 30)
        return held
    }()

    /// A params value with every member set.
    static func full(_ method: Method) -> any MethodParams {
        switch method {
        case .tokenVerify:
            var params = TokenVerify(token: Secret("t"))
            (params.userCode, params.passCode, params.audience) = ("u", Secret("p"), "a")
            (params.flags, params.write) = (["f"], true)
            return params
        case .tokenCreate:
            var params = TokenCreate(owner: .key(OwnerKey(source: "corp", id: "u-1")))
            (params.audience, params.name, params.write, params.flags) = ("a", "n", false, ["f"])
            (params.expiresAt, params.expiresIn, params.allowPast) = (.value(time), 60, true)
            (params.retrievable, params.idempotencyKey) = (true, "k")
            return params
        case .tokenList:
            var params = TokenList()
            (params.owner, params.audience, params.state) = (.label("alice"), "a", .active)
            (params.createdAfter, params.createdBefore, params.limit, params.cursor) = (time, time, 10, "c")
            return params
        case .tokenUpdate:
            var params = TokenUpdate(id: "x")
            (params.write, params.flags, params.expiresAt, params.name) = (false, [], .null, "n")
            return params
        case .tokenRotate:
            var params = TokenRotate(id: "x")
            (params.graceSeconds, params.renew, params.idempotencyKey) = (60, true, "k")
            params.currentToken = Secret("t")
            (params.write, params.flags, params.expiresAt) = (false, ["f"], .null)
            return params
        case .tokenPurge:
            var params = TokenPurge()
            (params.dryRun, params.plan, params.source) = (true, "p", "corp")
            return params
        case .directorySync:
            var params = DirectorySync()
            (params.mode, params.source, params.dryRun, params.approve) = (.full, "corp", true, "p")
            return params
        case .userList:
            var params = UserList()
            (params.limit, params.cursor, params.source, params.state) = (5, "c", "corp", "present")
            return params
        case .tokenShow: return TokenShow(id: "x")
        case .tokenReveal: return TokenReveal(id: "x")
        case .tokenExplain: return TokenExplain(id: "x")
        case .tokenRevoke:
            var params = TokenRevoke(id: "x", reason: "r")
            params.token = Secret("t")
            return params
        case .tokenRestore: return TokenRestore(id: "x")
        case .auditList:
            var params = AuditList()
            (params.token, params.user, params.event) = ("x", .label("alice"), "token.revoked")
            (params.by, params.since, params.after, params.before, params.limit) = ("root", time, 1, 9, 5)
            return params
        case .auditVerify: return AuditVerify(head: "1:00")
        case .keyRotate: return KeyRotate()
        case .keyStatus: return KeyStatus()
        case .directoryStatus: return DirectoryStatus()
        case .directoryTest: return DirectoryTest(source: "corp")
        case .directoryForget:
            var params = DirectoryForget(source: "corp")
            params.dryRun = true
            return params
        case .userShow: return UserShow(user: .label("alice"))
        case .userExplain: return UserExplain(user: .key(OwnerKey(source: "corp", id: "u-1")))
        case .eventsSubscribe: return EventsSubscribe(kinds: [.tokenRevoked, .userGone])
        case .agentStatus: return AgentStatus(metrics: true)
        case .agentWhoami: return AgentWhoami()
        case .rpcDiscover: return RPCDiscover()
        }
    }

    /// Results with everything set, and with everything left out that can be.
    static func results(_ method: Method) -> [any Codable & Sendable] {
        switch method {
        case .tokenVerify:
            return [
                TokenVerify.Answer.active(AnswerWriterTests.active), TokenVerify.Answer.inactive(.readOnly),
            ]
        case .tokenCreate, .tokenRotate: return [created]
        case .tokenShow, .tokenUpdate, .tokenRevoke, .tokenRestore: return [metadata, bareMetadata]
        case .tokenList:
            return [
                TokenList.Answer(tokens: [metadata, bareMetadata], nextCursor: "c"),
                TokenList.Answer(tokens: [], nextCursor: nil),
            ]
        case .auditList:
            let bare = AuditList.Line(seq: 1, at: time, event: "token.created", by: "b", hash: "00")
            var line = bare
            (line.token, line.owner) = ("x", OwnerKey(source: "corp", id: "1"))
            (line.how, line.detail) = ("h", "d")
            return [AuditList.Answer(lines: [line, bare], head: "1:00")]
        case .auditVerify:
            return [
                AuditVerify.Answer(intact: true, lines: 1, head: "1:00", brokenAt: nil, missing: []),
                AuditVerify.Answer(intact: false, lines: 1, head: "1:00", brokenAt: 2, missing: ["3:00"]),
            ]
        case .keyRotate:
            return [
                KeyRotate.Answer(from: ["a"], to: "b", resealed: 1, unreadable: ["x"], retired: nil),
                KeyRotate.Answer(from: [], to: "b", resealed: 0, unreadable: [], retired: "/k"),
            ]
        case .keyStatus:
            let key = KeyStatus.Key(id: "a", current: true, present: true, sealed: 1)
            return [KeyStatus.Answer(file: "/k", rotating: false, keys: [key])]
        case .tokenReveal: return [TokenReveal.Answer(token: Secret("t"))]
        case .tokenPurge:
            let purged = TokenPurge.Purged(
                id: "x", owner: owner, audience: "a", reason: "deleted", since: time)
            return [
                TokenPurge.Answer(
                    plan: "p", dryRun: true, purged: [purged], count: 3, held: held, stopped: "why"),
                TokenPurge.Answer(plan: nil, dryRun: false, purged: [], held: nil),
            ]
        case .tokenExplain:
            let events = [
                TokenExplain.Event(at: time, event: "token.created", by: "root", detail: nil),
                TokenExplain.Event(at: time, event: "user.gone", by: "agent", detail: "not found"),
            ]
            return [TokenExplain.Answer(token: metadata, events: events)]
        case .directorySync:
            var failed = DirectorySync.Report(source: "corp", method: "full")
            (failed.error, failed.held, failed.seconds) = ("no answer", held, 0.25)
            return [DirectorySync.Answer(reports: [failed, .init(source: "lab", method: "changes")])]
        case .directoryStatus:
            var source = DirectoryStatus.Source(source: "corp", state: "ok", people: 3)
            (source.lastCompleteAt, source.ageSeconds, source.method, source.held, source.error) = (
                time, 4, "full", held, "e"
            )
            return [
                DirectoryStatus.Answer(sources: [source, .init(source: "lab", state: "never", people: 0)])
            ]
        case .directoryTest:
            return [
                DirectoryTest.Answer(checks: [
                    .init(source: "corp", check: "tls", ok: true, detail: nil, advice: nil),
                    .init(
                        source: "corp", check: "bind", ok: false, detail: "49", advice: "look at the password"
                    ),
                ])
            ]
        case .directoryForget:
            return [DirectoryForget.Answer(source: "lab", dryRun: true, people: 3, purged: 1)]
        case .userShow: return [UserShow.Answer(user: user, tokens: [metadata])]
        case .userList:
            var listed = user
            (listed.tokens, listed.email, listed.displayName, listed.dn, listed.since) = (
                2, nil, nil, nil, nil
            )
            return [UserList.Answer(users: [listed], nextCursor: nil)]
        case .userExplain:
            var event = TokenExplain.Event(at: time, event: "token.created", by: "root", detail: nil)
            event.token = "NFWIevo8"
            return [UserExplain.Answer(user: user, events: [event])]
        case .eventsSubscribe: return [EventsSubscribe.Answer(subscription: "1")]
        case .agentStatus:
            return [
                AgentStatus.Answer(
                    version: "1", startedAt: time, uptimeSeconds: 5, tokens: [.active: 3], people: 2,
                    connections: 1,
                    storage: .init(
                        path: "/var/lib/tokenagent/tokens.sqlite", bytes: 4096, schema: 1, revision: 9)),
                AgentStatus.Answer(
                    version: "1", startedAt: time, uptimeSeconds: 5, tokens: [:], people: 0, connections: 1,
                    storage: .init(path: "/x", bytes: 4096, schema: 1, revision: 9),
                    awaitingRestart: ["http"],
                    http: .init(listen: "127.0.0.1:8070", listening: false, error: "taken")),
            ]
        case .agentWhoami:
            return [
                AgentWhoami.Answer(
                    uid: 0, gid: 0, pid: 1, login: "root", roles: ["admin"], owner: owner, token: metadata),
                AgentWhoami.Answer(uid: .max, gid: 1, pid: 1, login: nil, roles: []),
            ]
        case .rpcDiscover: return [OpenRPC.document(version: "1")]
        }
    }

    /// Everything set, and everything left out that can be.
    static let events: [Event] = {
        let bare = Event(subscription: "1", revision: 7, at: time, kind: "sync.held")
        var full = bare
        (full.token, full.owner) = ("NFWIevo8", OwnerKey(source: "corp", id: "u-\n1"))
        (full.source, full.detail, full.missed) = ("corp", "said “\"” and \\", 3)
        return [bare, full]
    }()

    static let user: User = {
        var user = User(owner: owner, state: "present", since: time, roles: ["self"])
        (user.displayName, user.dn) = ("Alice", "uid=alice,dc=example,dc=org")
        return user
    }()
}
