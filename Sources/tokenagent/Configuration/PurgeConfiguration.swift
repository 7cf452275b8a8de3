/// When tokens that are refused already are deleted, and how long they can still be brought back.
struct PurgeConfiguration: Hashable, Sendable {
    /// Purge after each complete reading.
    var auto = true
    /// How long a token is obsolete before it is purged. May be `0s`.
    var grace: Duration = .seconds(86_400)
    /// How long `restore` can bring a purged or revoked token back.
    var tombstone: Duration = .seconds(30 * 86_400)
    /// How long after its expiry a token is purged.
    var expiredAfter: Duration = .seconds(30 * 86_400)
}

extension PurgeConfiguration {
    init(reading section: YAMLSection) {
        let tenYears = Duration.seconds(3650 * 86_400)
        auto = section.value("auto", .bool, default: auto)
        grace = section.value("grace", .duration(.zero...tenYears), default: grace)
        tombstone = section.value("tombstone", .duration(.zero...tenYears), default: tombstone)
        expiredAfter = section.value("expired_after", .duration(.zero...tenYears), default: expiredAfter)
    }
}
