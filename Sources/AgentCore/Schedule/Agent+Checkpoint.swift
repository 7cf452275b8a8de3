import Logging
import Synchronization
import TokenStorage

extension Agent {
    /// Tells the log once that the database's own log cannot be moved into it, and once that it can again.
    func tellOfCheckpoints() {
        let facts = store.facts()
        tellOfLog(facts)
        let failure = facts.checkpointFailure
        let wasTold = checkpointComplaint.exchange(failure != nil, ordering: .relaxed)
        switch failure {
        case let failure? where !wasTold:
            logger.error(
                "the write-ahead log cannot be moved into the database: it is tried again, and grows",
                metadata: ["error": "\(failure)"])
        case nil where wasTold: logger.notice("the write-ahead log is moved into the database again")
        default: break
        }
    }

    /// The same of a log that does not begin anew.
    private func tellOfLog(_ facts: StorageFacts) {
        let wasTold = logComplaint.exchange(facts.logIsLarge, ordering: .relaxed)
        switch facts.logIsLarge {
        case true where !wasTold:
            logger.warning(
                "the write-ahead log grows: somebody has been reading the database for long",
                metadata: ["bytes": "\(facts.logBytes)"])
        case false where wasTold: logger.notice("the write-ahead log has begun anew")
        default: break
        }
    }
}
