import ArgumentParser

extension Tokenagent {
    /// The command that the words are. What is thrown repeats no secret.
    static func read(_ words: [String]) throws -> any ParsableCommand {
        guard !SecretArgument.isToken(among: words) else { throw ValidationError(SecretArgument.advice) }
        do { return try parseAsRoot(words) } catch {
            guard !SecretArgument.isRepeated(of: words, in: fullMessage(for: error)) else {
                throw ValidationError(SecretArgument.advice)
            }
            throw error
        }
    }
}
