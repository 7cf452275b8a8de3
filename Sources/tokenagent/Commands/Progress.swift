/// Shows on a terminal how far something has come that takes long, on a connection of its own.
struct Progress {
    private static let interval = Duration.milliseconds(500)

    private let task: Task<Void, Never>
    private let terminal: Terminal

    /// `look` asks and answers the line to be shown; nil leaves the one that is there.
    static func start(
        _ session: Session, _ look: @escaping @Sendable (Session) async throws(CommandError) -> String?
    ) -> Progress {
        let task = Task {
            // It goes on whether or not it can be watched.
            guard let watch = try? await session.another() else { return }
            await follow(watch, look)
            await watch.close()
        }
        return Progress(task: task, terminal: session.terminal)
    }

    func stop() async {
        task.cancel()
        await task.value
        terminal.progress("")
    }

    private static func follow(
        _ watch: Session, _ look: @Sendable (Session) async throws(CommandError) -> String?
    ) async {
        var shown: String?
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: interval)) != nil else { return }
            let found: String?
            do throws(CommandError) { found = try await look(watch) } catch { return }
            guard let line = found, line != shown else { continue }
            watch.terminal.progress(line)
            shown = line
        }
    }
}
