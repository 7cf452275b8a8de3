import Testing

@testable import TokenCore

struct PresentedTokenTests {
    let code: UserCode
    let passCode: PassCode
    let text: String

    init() {
        (code, passCode) = halves(seed: 2026)
        text = TokenText.reveal(code, passCode)
    }

    @Test func aTokenHasFiftySevenCharacters() {
        #expect(text.utf8.count == 57)
        #expect(TokenText.length == 57)
        #expect(text.hasPrefix("tka_\(code)_"))
    }

    @Test func theChecksumIsThatOfEverythingBeforeIt() {
        var crc = CRC32()
        crc.update(text.utf8.prefix(51))
        #expect(Array(text.utf8.suffix(6)) == Base62.encode(UInt64(crc.value), width: 6))
    }

    @Test func bothFormsAreTheSameToken() throws {
        let whole = try #require(presented(text.utf8))
        let halves = try #require(presented("\(code)", passCode.reveal()))
        #expect(whole.userCode == code && halves.userCode == code)
        #expect(whole.digest == passCode.digest && halves.digest == passCode.digest)
    }

    @Test func everyOtherByteInEveryPlaceIsMalformed() {
        let original = Array(text.utf8)
        for place in original.indices {
            var altered = original
            for byte in UInt8.min...UInt8.max where byte != original[place] {
                altered[place] = byte
                #expect(presented(altered) == nil, "byte \(byte) in place \(place)")
            }
        }
    }

    @Test func everySwapOfTwoCharactersIsMalformed() {
        let original = Array(text.utf8)
        for first in original.indices {
            for second in original.indices.dropFirst(first + 1) where original[first] != original[second] {
                var altered = original
                altered.swapAt(first, second)
                #expect(presented(altered) == nil, "\(first) and \(second)")
            }
        }
    }

    @Test func everyOtherLengthIsMalformed() {
        for length in 0..<57 { #expect(presented(text.utf8.prefix(length)) == nil) }
        #expect(presented(Array(text.utf8) + [UInt8(ascii: "0")]) == nil)
        #expect(presented(Array(text.utf8) + [0]) == nil)
        #expect(presented(" \(text)".utf8) == nil)
        #expect(presented("\(text)\n".utf8) == nil)
    }

    @Test func aPassCodeBelongsToItsUserCode() {
        let (other, _) = halves(seed: 7)
        #expect(presented("\(other)", passCode.reveal()) == nil)
        #expect(presented("", passCode.reveal()) == nil)
        #expect(presented("\(code)", "") == nil)
        #expect(presented("\(code)", String(passCode.reveal().dropLast())) == nil)
    }

    @Test func everyRandomTokenIsRead() {
        for seed in 0..<500 {
            let (code, passCode) = halves(seed: UInt64(seed))
            let token = presented(TokenText.reveal(code, passCode).utf8)
            #expect(token?.userCode == code)
            #expect(token?.digest == passCode.digest)
        }
    }

    @Test func itIsPrintedWithoutItsDigest() throws {
        let token = try #require(presented(text.utf8))
        for line in printed(token) { expectNoDigest(token.digest, in: line) }
    }
}
