import Logging
import Synchronization
package import TokenCore
import TokenStorage

/// What replacing the sealing key has done.
package struct KeyRotation: Hashable, Sendable {
    package var from: [String] = []
    package var to = ""
    package var resealed = 0
    package var unreadable: [UserCode] = []
    /// Where the former key lies now; nil while it is not retired, or cannot be moved by the daemon.
    package var retired: String?
}

/// Which sealing keys there are.
package struct KeyFacts: Sendable {
    package struct Key: Sendable {
        package let id: String
        package let isCurrent: Bool
        package let isPresent: Bool
        package let sealed: Int
    }

    package let file: String
    package let isRotating: Bool
    package let keys: [Key]
}

extension Agent {
    /// How many secrets are sealed anew in one commit: others' mutations wait for one of them at most.
    static let resealBatchMax = 100

    /// Has a new key seal, seals anew what others sealed, and retires the former key once it has no use
    /// left. Each step is on the disk before the next: called again after a crash, it goes on.
    package func rotateKey(_ right: AdminRight) async throws(AgentError) -> KeyRotation {
        try await rotateKey(by: right.by)
    }

    /// Goes on with a rotation that was cut short, or with a key that an administrator has laid down.
    package func resumeKeyRotation() async throws(AgentError) {
        guard keys.isRotating else { return }
        let rotation = try await rotateKey(by: "key rotation begun before")
        logger.notice(
            "went on with the rotation of the sealing key",
            metadata: ["to": "\(rotation.to)", "resealed": "\(rotation.resealed)"])
    }

    private func rotateKey(by: Author) async throws(AgentError) -> KeyRotation {
        guard keyTurn.exchange(true, ordering: .acquiringAndReleasing) == false else {
            throw .conflict(.alreadyRotating, "the sealing key is being rotated already")
        }
        defer { keyTurn.store(false, ordering: .releasing) }
        let keys = keys
        do throws(StorageError) {
            try await onDisk { () throws(StorageError) in try keys.beginRotation() }
        } catch {
            throw .storageUnavailable("\(error)")
        }
        var rotation = KeyRotation(to: keys.currentID)
        rotation.from = try await read { try $0.sealedByKey() }.keys.filter { $0 != rotation.to }.sorted()
        try await reseal(&rotation)
        return try await retire(rotation, by: by)
    }

    private func reseal(_ rotation: inout KeyRotation) async throws(AgentError) {
        let keys = keys
        var last: UserCode?
        repeat {
            let start = last
            let batch = try await mutate { writer in
                try writer.reseal(after: start, limit: Self.resealBatchMax, keys)
            }
            rotation.resealed += batch.resealed
            rotation.unreadable += batch.unreadable
            last = batch.next
        } while last != nil
        rotation.resealed += try await mutate { try $0.resealIdempotent(keys) }
    }

    /// In one mutation with the last look: nothing can be sealed between the two.
    private func retire(_ rotation: KeyRotation, by: Author) async throws(AgentError) -> KeyRotation {
        let (keys, now) = (keys, granting())
        // Outside the body, which may run twice, and finds the key retired the second time.
        let retired = Mutex<String?>(nil)
        return try await mutate { writer in
            var rotation = rotation
            let uses = try writer.reader.sealedByKey().filter { $0.key != rotation.to }
            if uses.isEmpty, let file = try keys.finishRotation() { retired.withLock { $0 = file } }
            rotation.retired = retired.withLock { $0 }
            guard rotation.resealed > 0 || rotation.retired != nil else { return rotation }
            let detail = "to \(rotation.to), \(rotation.resealed) sealed anew"
            try writer.append(AuditEvent(at: now, kind: .keyRotated, by: by, detail: detail))
            return rotation
        }
    }

    package func keyStatus(_: AdminRight) async throws(AgentError) -> KeyFacts {
        let sealed = try await read { try $0.sealedByKey() }
        let (current, present) = (keys.currentID, Set(keys.ids))
        let others = present.union(sealed.keys).subtracting([current]).sorted()
        return KeyFacts(
            file: keys.path, isRotating: keys.isRotating,
            keys: ([current] + others).filter { !$0.isEmpty }.map { id in
                KeyFacts.Key(
                    id: id, isCurrent: id == current, isPresent: present.contains(id), sealed: sealed[id] ?? 0
                )
            })
    }
}
