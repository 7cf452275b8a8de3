import TokenCore
import TokenStorage

/// A server that is behind what was seen of the directory shows who is new as little as who left.
extension FullReading {
    func sight(on session: any DirectorySession) async throws(DirectoryError) -> Sight {
        Sight(source: source, server: await session.identity, progress: try await session.progress())
    }

    /// Before anybody is read: of a server that says itself that it is behind nothing is believed. It shows
    /// those as enabled, too, who were disabled since.
    func checkProgress(
        _ sight: Sight, _ before: Before, _ session: any DirectorySession
    ) throws(DirectoryError) {
        guard hasSameServers(as: before), let lack = before.horizon.lack(at: sight) else { return }
        directory.source.avoid(session.server)
        throw .incomplete(server: sight.server, reason: lack)
    }

    /// Where servers do not say how far they have got, one that does not have owners who were seen on another
    /// is believed when it still has not got them some time later.
    func checkDoubt(_ sight: Sight, _ before: Before, _ session: any DirectorySession) async throws {
        guard hasSameServers(as: before) else { return }
        let now = clock()
        // As it is by now: somebody may have been looked up elsewhere before this reading began, and have got
        // a token since.
        let known = try await store.read { [source] in try $0.horizon(source) }
        try known.check(sight.server, sight.progress)
        var doubting = known
        guard let end = doubting.doubt(sight, at: now) else { return }
        directory.source.avoid(session.server)
        if doubting != known {
            try await store.mutate { [source] writer in
                // Beside what was seen meanwhile.
                var latest = try writer.reader.horizon(source)
                _ = latest.doubt(sight, at: now)
                try writer.put(latest)
            }
        }
        let others = known.others(than: sight).joined(separator: ", ")
        throw DirectoryError.incomplete(
            server: sight.server,
            reason:
                "owners are not found on it who were seen on \(others), which may only "
                + "be ahead of it: that counts if a reading does not find them either "
                + "\(Int((end - now).seconds)) s from now")
    }

    func see(_ sight: Sight, _ before: Before, _ writer: inout StoreWriter) throws {
        // What was seen of another directory says nothing of this one.
        if !hasSameServers(as: before) { try writer.put(Horizon(source: source)) }
        // Who was looked up meanwhile, perhaps elsewhere, was not judged by this reading.
        if foundMeanwhile.of(source).isEmpty { try writer.settle(on: sight) } else { try writer.see(sight) }
    }

    /// Otherwise the guard asks somebody about whatever is taken away.
    func hasSameServers(as before: Before) -> Bool {
        before.state.fingerprint.map { $0 == directory.source.fingerprint } ?? true
    }
}
