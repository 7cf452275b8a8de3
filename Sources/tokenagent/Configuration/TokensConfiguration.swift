/// How long tokens live.
struct TokensConfiguration: Hashable, Sendable {
    /// For tokens created without an expiry; nil: they do not expire.
    var defaultExpiry: Duration?
    /// nil: as long as anybody asks for.
    var maxExpiry: Duration?
}

extension TokensConfiguration {
    init(reading section: YAMLSection) {
        let range = Duration.seconds(1)...Duration.seconds(36_500 * 86_400)
        defaultExpiry = section.optional("default_expiry", .duration(range))
        maxExpiry = section.optional("max_expiry", .duration(range))
        if let defaultExpiry, let maxExpiry, defaultExpiry > maxExpiry {
            section.refuse("default_expiry", "expected at most max_expiry, which is \(maxExpiry.text)")
        }
    }
}
