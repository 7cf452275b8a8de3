import Logging
import TokenCore

extension SyncReport {
    /// What the log tells of it, whether everybody was read or what changed.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "source": "\(source)", "people": "\(people)", "gone": "\(gone)", "missing": "\(missing)",
            "seconds": "\(span.seconds)",
        ]
        if let held {
            metadata["plan"] = "\(held.hold.plan.id)"
            metadata["would_remove"] = "\(held.hold.plan.removals.count)"
            metadata["would_disable"] = "\(held.hold.plan.disabled.count)"
            metadata["removed_lately"] = "\(held.hold.removedLately)"
            let keys = held.hold.changedKeys
            if !keys.isEmpty { metadata["changed"] = "\(keys.joined(separator: ", "))" }
        }
        if unconfirmed > 0 { metadata["unconfirmed"] = "\(unconfirmed)" }
        if let error { metadata["error"] = "\(error)" }
        return metadata
    }

    /// Of changes only what took something away, or would: they come by the minute.
    func logChanges(to logger: Logger) {
        if held != nil {
            logger.warning("the guard holds changes; nothing of them is applied", metadata: metadata)
        } else if gone + missing + disabled > 0 {
            logger.info("changes of the directory are applied", metadata: metadata)
        }
    }
}
