/// Of a server that is behind what was seen of the directory nothing is taken: it still has those who left,
/// has not got those who are new, and shows those as enabled who were disabled since.
extension DirectorySource {
    /// A source that is in one place has nowhere else to connect to.
    package func connect(notBehind horizon: Horizon) async throws(DirectoryError) -> any DirectorySession {
        let session = try await connect()
        guard horizon.progress != nil else { return session }
        do throws(DirectoryError) {
            try horizon.check(await session.identity, try await session.progress())
        } catch {
            await session.close()
            throw error
        }
        return session
    }
}

extension Horizon {
    /// Throws what it lacks by its own word.
    package func check(_ server: String, _ progress: ServerProgress?) throws(DirectoryError) {
        let sight = Sight(source: source, server: server, progress: progress)
        if let lack = lack(at: sight) { throw .incomplete(server: server, reason: lack) }
    }
}
