import Logging
import TokenCore
import TokenStorage

extension Agent {
    /// Tells the log which keys have sealed secrets on record and are not at hand.
    func tellLostKeys() async {
        let sealed: [String: Int]
        do { sealed = try await read { try $0.sealedByKey() } } catch {
            logger.warning("cannot tell which sealing keys are needed", metadata: ["error": "\(error)"])
            return
        }
        let present = Set(keys.ids)
        for (id, secrets) in sealed.sorted(by: { $0.key < $1.key }) where !present.contains(id) {
            logger.error(
                "a sealing key is not at hand: what it sealed cannot be revealed",
                metadata: [
                    "key": "\(id)", "secrets": "\(secrets)",
                    "advice": "put its file back as \(keys.file(of: id)), and restart",
                ])
        }
        if keys.currentID.isEmpty {
            logger.error(
                "there is no sealing key, and none can be made: what needs one is refused",
                metadata: ["file": "\(keys.path)"])
        }
    }
}

extension AgentError {
    /// The kind of a sealing error tells no secret.
    init(_ error: SealingError, _ keys: SealingKeys) {
        switch error {
        case .otherKey(let id):
            self = .conflict(
                .keyMissing,
                "the key \(id) that sealed it is not at hand: put its file back as \(keys.file(of: id)), and "
                    + "restart the daemon")
        case .noKey:
            self = .storageUnavailable(
                "there is no sealing key, and none can be made: put \(keys.path) back, and restart the daemon"
            )
        case .cannotSeal, .damaged: self = .internal("the sealed secret cannot be used: \(error)")
        }
    }
}
