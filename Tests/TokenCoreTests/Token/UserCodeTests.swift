import Testing

@testable import TokenCore

struct UserCodeTests {
    @Test(arguments: ["NFWIevo8", "00000000", "zzzzzzzz"])
    func itIsWrittenAsItWasRead(text: String) throws {
        let code = try #require(UserCode(text))
        #expect("\(code)" == text)
        #expect(UserCode(value: code.value) == code)
    }

    @Test(arguments: [
        "", "NFWIevo", "NFWIevo89", "NFWIevo_", "NFWI vo8", "NFWIev\u{f6}", "NFWIevo\0", "+FWIevo8",
    ])
    func everyOtherFormIsRefused(text: String) {
        #expect(UserCode(text) == nil)
    }

    @Test func theCountIsSixtyTwoToTheEighth() {
        #expect(UserCode.count == (0..<8).reduce(1) { product, _ in product * 62 })
        #expect(UserCode(value: UserCode.count) == nil)
        #expect(UserCode(value: UserCode.count - 1).map { "\($0)" } == "zzzzzzzz")
    }

    @Test func randomOnesDiffer() {
        var generator = SeededGenerator(seed: 8)
        let codes = Set((0..<1000).map { _ in UserCode.random(using: &generator) })
        #expect(codes.count == 1000)
    }
}
