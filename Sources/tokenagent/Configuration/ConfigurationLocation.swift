/// Where the configuration comes from.
enum ConfigurationLocation: Hashable, Sendable {
    case file(String)
    /// No file: the defaults, in folders of whoever starts the daemon.
    case trial(TrialPaths)
}
