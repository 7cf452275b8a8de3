import Logging
import TokenCore
import TokenStorage

/// A source that is on record, and that no configured directory reads: nobody hears any more who leaves it.
struct UnconfiguredSource: Sendable {
    var memory: SourceState
    /// Neither revoked nor purged.
    var tokens: Int
}

extension StoreReader {
    func unconfigured(besides configured: Set<String>) throws -> [UnconfiguredSource] {
        let states = try sourceStates()
        let names = try Set(states.map(\.source) + sources()).subtracting(configured)
            .filter { $0 != OwnerID.serviceSource }
        return try names.sorted().compactMap { name in
            let tokens = try tokenCount(source: name)
            var memory = states.first { $0.source == name }
            // One that was forgotten may have left tombstones, and their owners.
            guard tokens > 0 || memory != nil else { return nil }
            if memory?.lastCompleteAt == nil {
                memory = memory ?? SourceState(source: name)
                memory?.people = try peopleCount(source: name)
            }
            return memory.map { UnconfiguredSource(memory: $0, tokens: tokens) }
        }
    }
}

extension SourceStatus {
    init(unconfigured source: UnconfiguredSource, at now: Timestamp) {
        self.init(
            source: source.memory.source, state: .unconfigured, memory: source.memory, held: nil,
            progress: nil, changes: ChangesMethod(unconfigured: source.memory), tokens: source.tokens,
            now: now)
    }
}

extension Agent {
    /// Tells the log which sources nobody reads, or nobody will read with the directories of the next start.
    package func tellUnconfigured(next: Set<String>? = nil) async {
        let configured = Set(directories.map(\.source.name))
        let left: [UnconfiguredSource]
        do {
            left = try await read {
                try $0.unconfigured(besides: configured.intersection(next ?? configured))
            }
        } catch {
            logger.warning("cannot tell which sources nobody reads", metadata: ["error": "\(error)"])
            return
        }
        for source in left {
            let name = source.memory.source
            let what =
                configured.contains(name)
                ? "no directory of the new configuration has this name: from the next start on its people "
                    + "keep their tokens when they leave"
                : "no configured directory has this name: its people keep their tokens when they leave"
            logger.log(
                level: source.tokens > 0 ? .warning : .notice, "\(what)",
                metadata: [
                    "source": "\(name)", "people": "\(source.memory.people)", "tokens": "\(source.tokens)",
                    "advice": "configure it again under this name, or tokenagent directory forget \(name)",
                ])
        }
    }
}
