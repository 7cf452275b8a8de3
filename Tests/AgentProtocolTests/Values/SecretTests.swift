import Testing

@testable import AgentProtocol

@Suite struct SecretTests {
    @Test("a secret shows dots however it is printed")
    func printing() throws {
        let canary = "tka_CANARY"
        var params = TokenVerify(token: Secret(canary))
        params.passCode = Secret(canary)
        let values: [Any] = [
            Secret(canary), params, Credentials.token(Secret(canary)),
            Credentials.password(login: "l", password: Secret(canary), source: nil), [Secret(canary)],
            CreatedToken(
                metadata: Samples.metadata, token: Secret(canary), userCode: "u", passCode: Secret(canary)),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(describing: value), String(reflecting: value), dumped] {
                #expect(!text.contains("CANARY"), "\(type(of: value))")
            }
        }
        #expect("\(Secret(canary))" == "•••")
        #expect(try Samples.encode(Secret(canary)) == "\"tka_CANARY\"")
    }
}
