/// How much of a directory was seen, and on which of its servers. A server that is behind that may not have
/// got somebody yet, whom it then shows as little as somebody who left.
package struct Horizon: Hashable, Sendable {
    /// How long a server's not having somebody is doubted, who was last seen on another one, where servers do
    /// not say how far they have got. In minutes, as replication is a matter of seconds, where it works.
    package static let doubtSpan = TimeSpan.minutes(15)

    package var source: String
    /// The furthest that any server had got when people were seen on it; nil where none has said.
    package var progress: ServerProgress?
    /// The server on which people were seen last.
    package var server: String?
    /// Another one, which has not got all of them, and since when that is known.
    package var doubted: String?
    package var doubtedSince: Timestamp?

    package init(source: String) { self.source = source }

    /// Notes that people were seen there.
    package mutating func see(_ sight: Sight) {
        progress = sight.progress.map { progress?.advanced(to: $0) ?? $0 } ?? progress
        server = sight.server
        (doubted, doubtedSince) = (nil, nil)
    }

    /// Why a server cannot be believed to have everybody who was seen, by its own word; nil if it can.
    package func lack(at sight: Sight) -> String? {
        guard let progress else { return nil }
        let lack = sight.progress.map { $0.lack(of: progress) } ?? "it does not show its contextCSN"
        return lack.map { "it has not yet got what was seen of the directory: \($0)" }
    }

    /// Notes that a server does not have somebody. Until when that is doubted; nil if it is believed.
    package mutating func doubt(_ sight: Sight, at now: Timestamp) -> Timestamp? {
        guard let server, server != sight.server, progress == nil || sight.progress == nil else { return nil }
        if doubted != sight.server || doubtedSince.map({ $0 > now }) != false {
            (doubted, doubtedSince) = (sight.server, now)
        }
        let end = (doubtedSince ?? now) + Self.doubtSpan
        return now < end ? end : nil
    }
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
