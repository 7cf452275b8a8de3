import AgentClient
import AgentProtocol
import TokenStorage

extension Diagnosis {
    /// Asks the daemon, if one is running, how it and its directories are.
    func daemon() async -> [Finding] {
        let path = configuration.socket.path
        let connection: AgentConnection
        do {
            connection = try await AgentConnection.connect(path: path)
        } catch {
            return [.wrong("daemon", error.advice, "systemctl start tokenagent, or: tokenagent serve")]
        }
        let findings = await ask(connection)
        await connection.close()
        return findings
    }

    private func ask(_ connection: AgentConnection) async -> [Finding] {
        do throws(AgentClientError) {
            let status = try await connection.call(AgentStatus())
            let directories = try await connection.call(DirectoryStatus())
            let tokens = status.tokens.values.reduce(0, +)
            var findings = [Finding.fine("daemon", "version \(status.version), \(tokens) tokens")]
            if status.version != Version.text {
                findings.append(
                    .wrong(
                        "daemon", "it is version \(status.version), and this program is \(Version.text)",
                        "restart it: systemctl restart tokenagent"))
            }
            findings += Self.clock(status.clock)
            findings += Self.room(status.storage)
            findings += Self.bridge(status.http)
            findings += Self.waiting(status.awaitingRestart ?? [])
            if let error = status.storage.checkpointError {
                findings.append(
                    .wrong(
                        "storage",
                        "the write-ahead log cannot be moved into the database, and grows: \(error)",
                        "look at the disk: dmesg; nothing is lost so far, and a backup is worth making"))
            }
            if status.storage.logBytes >= StorageFacts.logBytesLarge {
                findings.append(
                    .wrong(
                        "storage",
                        "the write-ahead log has grown to \(status.storage.logBytes >> 20) MiB: somebody has "
                            + "been reading the database for long",
                        "look who has it open: fuser -v \(status.storage.path)"))
            }
            findings += directories.sources.map(Self.finding)
            return findings + (try await lostKeys(connection))
        } catch {
            return [.wrong("daemon", error.advice, "look at its log: journalctl -u tokenagent")]
        }
    }

    /// As etc/prometheus/tokenagent.rules.yml has it.
    private static let freeBytesMin: Int64 = 200_000_000

    private static func room(_ storage: AgentStatus.Storage) -> [Finding] {
        guard let free = storage.free else { return [] }
        let room = "\(free >> 20) MiB are left on the disk of \(storage.path)"
        guard free < freeBytesMin else { return [.fine("room", room)] }
        return [.wrong("room", room, "make room: without, changes fail, and only verifying goes on")]
    }

    /// Nothing for those who may not know.
    private func lostKeys(_ connection: AgentConnection) async throws(AgentClientError) -> [Finding] {
        let keys: KeyStatus.Answer
        do {
            keys = try await connection.call(KeyStatus())
        } catch .refused(let error) where error.known == .notPermitted {
            return []
        }
        return keys.keys.filter { !$0.present && $0.sealed > 0 }.map { key in
            .wrong(
                "sealing key",
                "\(key.id) is not at hand: \(key.sealed) secrets that it sealed cannot be revealed",
                "put its file back as \(keys.file).\(key.id), and restart; without it, rotate those tokens")
        }
    }

    /// By the daemon's own word: one that has its user may stand in its way, too.
    private static func bridge(_ http: AgentStatus.HTTP?) -> [Finding] {
        // Without a reason it has not tried yet.
        guard let http, !http.listening, let error = http.error else { return [] }
        return [
            .wrong(
                "daemon",
                "its HTTP bridge cannot be reached: \(error)",
                "what it cannot listen at it tries again and again, see its log: journalctl -u tokenagent; a "
                    + "socket that was removed a restart makes anew: systemctl restart tokenagent")
        ]
    }

    private static func waiting(_ keys: [String]) -> [Finding] {
        guard !keys.isEmpty else { return [] }
        return [
            .wrong(
                "configuration",
                "it was changed, and the daemon does not go by it yet: \(keys.joined(separator: ", "))",
                "systemctl restart tokenagent; or put back what was changed, and reload")
        ]
    }

    private static func clock(_ clock: AgentStatus.Clock) -> [Finding] {
        let span = Age(seconds: clock.apartSeconds).length
        switch clock.state {
        case "ahead":
            return [
                .wrong(
                    "clock",
                    "it is \(span) ahead of the time on record, so nothing is purged for lapse of time",
                    "if it is wrong, set it; if it is right, wait: after a day it is believed")
            ]
        case "behind":
            return [
                .wrong(
                    "clock", "it is \(span) behind the time on record, which counts until then",
                    "set it, and look at what sets it: timedatectl")
            ]
        default: return []
        }
    }

    private static func finding(_ source: DirectoryStatus.Source) -> Finding {
        let subject = "reading of \(source.source)"
        if let held = source.held {
            let error = source.error.map { "; and since then: \($0)" } ?? ""
            return .wrong(
                subject,
                "the guard holds plan \(held.plan), which \(held.shortEffect)\(error)",
                "see whether the directory is right; then tokenagent sync --approve \(held.plan)")
        }
        if source.state == "unconfigured" { return unconfigured(source, subject) }
        if let error = source.error {
            return .wrong(subject, error, "tokens stay as they are meanwhile; try tokenagent directory test")
        }
        if let note = source.unconfirmedNote {
            return .wrong(
                subject, note,
                "tokenagent directory test --source \(source.source) says what to do; then sync")
        }
        switch source.state {
        case "current": return .fine(subject, "\(source.people) people, \(source.ageSeconds ?? 0) s ago")
        case "unread":
            return .wrong(subject, "it was never read", "tokenagent sync --source \(source.source)")
        default:
            return .wrong(
                subject, "the last complete reading is \(source.ageSeconds ?? 0) s old",
                "tokenagent sync --source \(source.source), and look at the log")
        }
    }

    private static func unconfigured(_ source: DirectoryStatus.Source, _ subject: String) -> Finding {
        guard let tokens = source.tokens, tokens > 0 else {
            return .fine(subject, "it is not configured any more, and has no tokens left")
        }
        return .wrong(
            subject,
            "it is not configured any more: \(tokens) tokens of its people stay as they are, whoever leaves",
            "configure the directory again under the name \(source.source), and restart; or end them: "
                + "tokenagent directory forget \(source.source)")
    }
}
