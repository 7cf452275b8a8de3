import TokenCore

/// A secret among the arguments: it is in the process list and the shell's history by now, and is not to be
/// in what is said about it as well.
enum SecretArgument {
    static let advice =
        "a token is among the arguments, where others could see it: rotate or revoke it. Commands name a "
        + "token by its id, the 8 characters after tka_; a secret is read from standard input or a file"

    /// Whether a token is among them, or what somebody has left of one. No command takes one.
    static func isToken(among words: [String]) -> Bool {
        words.contains { word in
            SecretLikeness.isTokenWithin(word)
                || parts(of: word).contains(where: SecretLikeness.isTokenBegun)
        }
    }

    /// Whether one of them may be a secret, a pass code alone among that, and is repeated in a text. A key or
    /// a name may look so, too, and is taken for one where it belongs.
    static func isRepeated(of words: [String], in text: String) -> Bool {
        words.flatMap(parts).contains { SecretLikeness.isThere(in: $0) && text.contains($0) }
    }

    /// Also the value of `--option=value`, and what stands after hyphens.
    private static func parts(of word: String) -> [String] {
        let bare = word.drop { $0 == "-" }
        return [word, String(bare)] + bare.split(separator: "=", maxSplits: 1).map(String.init)
    }
}
