/// How much of a directory was seen, and on which of its servers. A server that is behind that may not have
/// got somebody yet, whom it then shows as little as somebody who left.
package struct Horizon: Hashable, Sendable {
    /// How long a server's not having somebody is doubted, who was last seen on another one, where servers do
    /// not say how far they have got. In minutes, as replication is a matter of seconds, where it works.
    package static let doubtSpan = TimeSpan.minutes(15)

    package var source: String
    /// The furthest that any server had got when people were seen on it; nil where none has said.
    package var progress: ServerProgress?
    /// The one on which everybody was last, and those on which single people were seen since then.
    package var servers: Set<String> = []
    /// Which do not have all who were seen on others, and since when that is known.
    package var doubts: [String: Timestamp] = [:]

    package init(source: String) { self.source = source }

    /// Notes that single people were seen there: whether it has the others is not known by that, and whether
    /// the others have these is to be waited for anew.
    package mutating func see(_ sight: Sight) {
        progress = sight.progress.map { progress?.advanced(to: $0) ?? $0 } ?? progress
        servers.insert(sight.server)
        doubts = doubts.filter { $0.key == sight.server }
    }

    /// Notes that everybody was judged by it. Where it does not show how far it has got, nobody is asked any
    /// more who does: it would be asked for nobody itself.
    package mutating func settle(on sight: Sight) {
        see(sight)
        if sight.progress == nil { progress = nil }
        (servers, doubts) = ([sight.server], [:])
    }

    /// Why a server cannot be believed to have everybody who was seen, by its own word; nil if it can.
    package func lack(at sight: Sight) -> String? {
        guard let progress else { return nil }
        let lack = sight.progress.map { $0.lack(of: progress) } ?? "it does not show its contextCSN"
        return lack.map { "it has not yet got what was seen of the directory: \($0)" }
    }

    /// Notes that a server does not have somebody. Until when that is doubted; nil if it is believed.
    package mutating func doubt(_ sight: Sight, at now: Timestamp) -> Timestamp? {
        guard !others(than: sight).isEmpty, progress == nil || sight.progress == nil else { return nil }
        let since = doubts[sight.server].flatMap { $0 > now ? nil : $0 } ?? now
        doubts[sight.server] = since
        let end = since + Self.doubtSpan
        return now < end ? end : nil
    }

    /// On which besides it people were seen.
    package func others(than sight: Sight) -> [String] { servers.subtracting([sight.server]).sorted() }
}

/// On which server people are seen, and how far it has got.
package struct Sight: Hashable, Sendable {
    package var source: String
    /// As `DirectorySession.identity`.
    package var server: String
    package var progress: ServerProgress?
    /// By which attribute they were known there, of a look-up; nil where there is no choice.
    package var idAttribute: String?

    package init(
        source: String, server: String, progress: ServerProgress? = nil, idAttribute: String? = nil
    ) {
        self.source = source
        self.server = server
        self.progress = progress
        self.idAttribute = idAttribute
    }
}
