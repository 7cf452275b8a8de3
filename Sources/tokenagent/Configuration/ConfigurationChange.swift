/// A key whose value is another one after a reload.
struct ConfigurationChange: Hashable, Sendable {
    var key: String
    /// Whether a running daemon can take it; otherwise it is for the next start.
    var reloadable: Bool
}
