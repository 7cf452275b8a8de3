import AgentProtocol

/// Shows on a terminal how far a reading has come, on a connection of its own.
struct SyncProgress {
    private static let interval = Duration.milliseconds(500)

    private let task: Task<Void, Never>
    private let terminal: Terminal

    static func start(_ session: Session) -> SyncProgress {
        let task = Task {
            // The reading goes on whether or not it can be watched.
            guard let watch = try? await session.another() else { return }
            await follow(watch)
            await watch.close()
        }
        return SyncProgress(task: task, terminal: session.terminal)
    }

    func stop() async {
        task.cancel()
        await task.value
        terminal.progress("")
    }

    private static func follow(_ watch: Session) async {
        var shown: String?
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: interval)) != nil,
                let sources = try? await watch.inquire(DirectoryStatus()).sources
            else { return }
            guard let line = line(sources), line != shown else { continue }
            watch.terminal.progress(line)
            shown = line
        }
    }

    /// nil: no reading is under way.
    static func line(_ sources: [DirectoryStatus.Source]) -> String? {
        let readings = sources.compactMap { source in
            source.reading.map { "\(source.source.printable): \($0) people read" }
        }
        return readings.isEmpty ? nil : readings.joined(separator: ", ")
    }
}
