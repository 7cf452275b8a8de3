import ArgumentParser

/// The argument of commands about one token.
struct TokenID: ParsableArguments {
    @Argument(help: "The token's public id: the 8 characters after tka_.")
    var id: String

    func validate() throws { try Self.check(id) }

    static func check(_ id: String) throws {
        // A secret among the arguments is in the process list and the shell's history by now.
        if id.hasPrefix("tka_"), id.count > 12 {
            throw ValidationError(
                "give the token's id, not the token: it was visible to others; rotate or revoke it")
        }
    }
}
