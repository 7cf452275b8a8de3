/// What changed in a directory since a cookie: hints, never the authority a full reading is.
package struct ChangeSet: Hashable, Sendable {
    /// People who are there now, as read. Some may not have changed at all.
    package var upserts: [Person]
    /// Stable ids to be confirmed: of people who were deleted, are no longer among the people, or changed in
    /// a way that was not told. Also of entries that never were people: an id that nobody knows may be a
    /// branch that moved away, whose people no server names; only a full reading finds those.
    package var hints: [String]
    /// Those of the hints who are said to be gone, and not only to have changed.
    package var departures: Set<String> = []
    /// How far the server had got by then, where it says so.
    package var progress: ServerProgress?
    /// From where to go on. To be stored together with the effects of this set.
    package var cookie: ChangeCookie
    /// How the server told: `content sync`, `DirSync`, `uSNChanged`, `modifyTimestamp`.
    package var method: String { cookie.kind.method }
    /// Why this set is not all there is; nil if it is. Then people may be gone whom no set will ever name,
    /// until everybody has been read: with the cookie, which was taken before, nothing is missed after that.
    package var incompleteness: String?
    /// Of a first cookie: what the server said to the methods that were tried before this one.
    package var refusals: String?

    package init(
        upserts: [Person] = [], hints: [String] = [], cookie: ChangeCookie, incompleteness: String? = nil
    ) {
        self.upserts = upserts
        self.hints = hints
        self.cookie = cookie
        self.incompleteness = incompleteness
    }

    package var mustReadFully: Bool { incompleteness != nil }
    /// Nothing to do but to store the cookie.
    package var isEmpty: Bool { upserts.isEmpty && hints.isEmpty && !mustReadFully }
}

extension DirectorySource {
    /// A source that is in one place has nowhere else to connect to.
    package func connect(to server: String) async throws(DirectoryError) -> any DirectorySession {
        try await connect()
    }

    package func avoid(_ server: String) {}
}

extension DirectorySession {
    package var vendor: String? { get async { nil } }

    package var identity: String { get async { server } }

    package func progress() async throws(DirectoryError) -> ServerProgress? { nil }

    package func idAttribute() async throws(DirectoryError) -> IDAttribute? { nil }

    /// Sources that cannot tell changes need not say so.
    package func changes(since cookie: ChangeCookie?) async throws(DirectoryError) -> ChangeSet {
        throw .unsupported(detail: "\(server) cannot tell what changed")
    }

    package func watch(
        since cookie: ChangeCookie?, _ onEvents: @escaping @Sendable (ChangeSet) -> Void
    ) async throws(DirectoryError) {
        throw .unsupported(detail: "\(server) cannot tell changes as they happen")
    }
}
