extension Int {
    /// So many tokens, in words.
    var tokens: String { self == 1 ? "1 token" : "\(self) tokens" }
}
