import AgentProtocol

/// How far a reading has come.
enum SyncProgress {
    static func start(_ session: Session) -> Progress {
        Progress.start(session) { watch throws(CommandError) in
            line(try await watch.inquire(DirectoryStatus()).sources)
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
