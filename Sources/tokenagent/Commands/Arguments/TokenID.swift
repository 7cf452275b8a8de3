import ArgumentParser

/// The argument of commands about one token.
struct TokenID: ParsableArguments {
    @Argument(help: "The token's public id: the 8 characters after tka_.")
    var id: String
}
