import Testing

@testable import TokenCore

struct SecretLikenessTests {
    @Test func aTokenIsFoundWhereverItIs() {
        let (code, passCode) = halves(seed: 11)
        let token = TokenText.reveal(code, passCode)
        for text in [token, "laptop \(token)", "\(token)!", "tka_tka_\(token)", "é\(token)é"] {
            #expect(SecretLikeness.isTokenWithin(text))
            #expect(Password(text).isToken)
        }
    }

    @Test func whatOnlyBeginsLikeOneIsNone() {
        let (code, passCode) = halves(seed: 12)
        let token = TokenText.reveal(code, passCode)
        let others = [
            "", "tka_", String(token.dropLast()), token.replacing("tka_", with: "tkb_"), "tka_\(code)",
            "tka_\(code)-\(passCode.reveal())", passCode.reveal(), token.replacing("_", with: " "),
        ]
        for text in others {
            #expect(!SecretLikeness.isTokenWithin(text))
            #expect(!Password(text).isToken)
        }
    }
}
