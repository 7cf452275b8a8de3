import Testing

@testable import TokenCore

struct SecretDigestTests {
    /// FIPS 180-4's example of SHA-256: "abc".
    @Test func itIsASHA256() throws {
        let digest = Array("abc".utf8).withUnsafeBytes { SecretDigest(hashing: $0) }
        #expect(
            Hex.encode(digest.bytes) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func itIsReadBackFromItsBytes() throws {
        let digest = halves(seed: 3).passCode.digest
        #expect(SecretDigest(bytes: digest.bytes) == digest)
        #expect(SecretDigest(bytes: digest.bytes.dropLast()) == nil)
        #expect(SecretDigest(bytes: digest.bytes + [0]) == nil)
    }

    @Test func oneBitAnywhereMakesAnother() throws {
        let digest = halves(seed: 4).passCode.digest
        for bit in 0..<256 {
            var bytes = digest.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(SecretDigest(bytes: bytes) != digest)
        }
    }

    @Test func itIsNeverPrinted() {
        let digest = halves(seed: 5).passCode.digest
        for line in printed(digest) + printed([digest]) { expectNoDigest(digest, in: line) }
    }
}

/// Neither its hex nor the numbers it is kept as.
func expectNoDigest(
    _ digest: SecretDigest, in line: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let words = digest.words
    for trace in [words.0, words.1, words.2, words.3].map(String.init) + [Hex.encode(digest.bytes.prefix(4))]
    {
        #expect(!line.contains(trace), sourceLocation: sourceLocation)
    }
}
