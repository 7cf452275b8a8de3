import TokenCore
import TokenStorage

/// What look-ups of single people have to do with what was seen of a directory.
extension DirectorySync {
    /// Nothing, where that was of another directory: see `FullReading.hasSameServers`.
    func horizon(of source: any DirectorySource) async throws(AgentError) -> Horizon {
        do { return try await store.read { try $0.horizon(of: source) } } catch { throw AgentError(error) }
    }

    /// Notes where people were found; or nothing of it, if more has been seen meanwhile than one of those
    /// servers had got, and then says so.
    func note(_ sights: [Sight], in writer: inout StoreWriter) throws -> AgentError? {
        let sources = sights.map { sight in directories.first { $0.source.name == sight.source }?.source }
        for (sight, source) in zip(sights, sources) {
            if let lack = try source.flatMap({ try writer.reader.horizon(of: $0).lack(at: sight) }) {
                return .directoryUnavailable("\(sight.server): \(lack)")
            }
        }
        for (var sight, source) in zip(sights, sources) {
            // Those of before will never have got it, and must be good again when they are put back.
            if let source, try writer.reader.hasOtherServers(source) { sight.progress = nil }
            try writer.see(sight)
        }
        return nil
    }
}

extension StoreReader {
    fileprivate func horizon(of source: any DirectorySource) throws -> Horizon {
        let former = try sourceState(source.name)?.fingerprint
        guard former == nil || former == source.fingerprint else { return Horizon(source: source.name) }
        return try horizon(source.name)
    }

    /// Than the last accepted reading had.
    fileprivate func hasOtherServers(_ source: any DirectorySource) throws -> Bool {
        guard let former = try sourceState(source.name)?.fingerprint else { return false }
        let keys = Fingerprint.changedKeys(from: former, to: source.fingerprint)
        return keys.contains("url") || keys.contains("base")
    }
}
