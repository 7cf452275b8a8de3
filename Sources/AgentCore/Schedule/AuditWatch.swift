import Dispatch
import Logging
import ServiceLifecycle
import TokenCore
import TokenStorage

/// Notes the end of the audit trail outside of it: beside the database, and in the log, which may be kept
/// where nobody who can write the database can.
package struct AuditWatch: Service {
    /// Between two looks. A note is only written when the trail has grown.
    static let interval = Duration.seconds(10)
    /// Between two lines in the log.
    static let logInterval = TimeSpan.hours(1)

    private let agent: Agent

    package init(agent: Agent) { self.agent = agent }

    package func run() async throws {
        var found = AuditNotes()
        await agent.compareAuditWithNote(&found)
        let (agent, first) = (agent, found)
        var last = await cancelWhenGracefulShutdown {
            var notes = first
            while !Task.isCancelled {
                await agent.noteAuditHead(&notes, isLast: false)
                do { try await Task.sleep(for: Self.interval) } catch { break }
            }
            return notes
        }
        await agent.noteAuditHead(&last, isLast: true)
    }
}

/// What was noted last.
struct AuditNotes: Sendable {
    var head: AuditHead?
    var loggedAt: Timestamp?
    /// The trail does not go through the note that was found: that is evidence, and not to be replaced.
    var isContradicted = false
}

extension Agent {
    /// Once, at start, before anything is noted.
    func compareAuditWithNote(_ notes: inout AuditNotes) async {
        do {
            guard let noted = try AuditHeadFile.read(beside: store.path) else { return }
            guard try await read({ try $0.hasAudit(noted) }) else {
                notes.isContradicted = true
                logger.error(
                    "the audit trail was cut or replaced: it does not go through what was noted of it",
                    metadata: ["noted": "\(noted.text)", "head": "\(store.auditHead.text)"])
                return
            }
            notes.head = noted
        } catch {
            logger.warning("the note of the audit trail cannot be compared", metadata: ["error": "\(error)"])
        }
    }

    func noteAuditHead(_ notes: inout AuditNotes, isLast: Bool) async {
        let head = store.auditHead
        let now = granting()
        if head != notes.head, !notes.isContradicted {
            do {
                try await onDisk { [path = store.path] () throws(StorageError) in
                    try AuditHeadFile.write(head, beside: path)
                }
                notes.head = head
            } catch {
                logger.warning("the end of the audit trail is not noted", metadata: ["error": "\(error)"])
            }
        }
        let isDue = notes.loggedAt.map { now - $0 >= AuditWatch.logInterval } ?? true
        guard isLast || isDue else { return }
        notes.loggedAt = now
        logger.notice("audit trail", metadata: ["head": "\(head.text)"])
    }
}

/// Runs what waits for the disk on a thread that may.
func onDisk<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StorageError) -> Value
) async throws(StorageError) -> Value {
    let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(StorageError) {
                continuation.resume(returning: .success(try work()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
